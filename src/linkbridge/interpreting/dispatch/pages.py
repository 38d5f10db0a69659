"""Pages of lists that are read newest first."""

from typing import Any

from sqlmodel import Session, and_, or_

from linkbridge.kernel.errors import InvalidInput


def newest(session: Session, query: Any, table: Any, moment: Any, after: str | None) -> Any:  # noqa: ANN401 - of SQLAlchemy
    """Return the query in the order of ``moment``, newest first, from behind the row with the id ``after``.

    Raises:
        InvalidInput: there is no such row.
    """
    if after is not None:
        last = session.get(table, after)
        if last is None:
            raise InvalidInput("there is no such row", field="after", problem="choice")
        at = getattr(last, moment.key)
        query = query.where(or_(moment < at, and_(moment == at, table.id < after)))
    return query.order_by(moment.desc(), table.id.desc())
