"""When interpreters can work: rules, exceptions, busy times of other calendars, and bookings."""
