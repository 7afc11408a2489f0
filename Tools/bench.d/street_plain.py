"""The plain tables of Tools/bench street: made of what stoep exported (street_plain.py FILE.jsonl DATABASE), and what is
asked of them.
"""

import json
import re
import sqlite3
import sys

SCHEMA = """
    CREATE TABLE talk(
        id INTEGER PRIMARY KEY, startedAt INTEGER, area TEXT, place TEXT, language TEXT, consent TEXT, minutes INTEGER,
        headcount INTEGER, channel TEXT, followUpOn TEXT, followedUpOn TEXT, volunteer TEXT, latitude INTEGER,
        longitude INTEGER, words TEXT);
    CREATE TABLE area(code TEXT PRIMARY KEY, name TEXT);
    CREATE TABLE theme(id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE talk_theme(talk INTEGER, theme INTEGER, PRIMARY KEY(talk, theme)) WITHOUT ROWID;
    CREATE TABLE question(id INTEGER PRIMARY KEY, wording TEXT);
    CREATE TABLE talk_question(talk INTEGER, question INTEGER, PRIMARY KEY(talk, question)) WITHOUT ROWID;
    CREATE TABLE person(id INTEGER PRIMARY KEY, alias TEXT, area TEXT, place TEXT, doNotApproach INTEGER);
    CREATE TABLE agreement(
        id INTEGER PRIMARY KEY, what TEXT, who TEXT, promisedBy TEXT, dueOn TEXT, outcome TEXT, area TEXT);
    CREATE TABLE initiative(id INTEGER PRIMARY KEY, name TEXT, partner TEXT, area TEXT);
    CREATE TABLE offer(
        id INTEGER PRIMARY KEY, what TEXT, description TEXT, area TEXT, capacity INTEGER, until TEXT, closedOn TEXT);
    CREATE TABLE need(
        id INTEGER PRIMARY KEY, what TEXT, description TEXT, area TEXT, capacity INTEGER, until TEXT, closedOn TEXT);
    CREATE TABLE match(offer INTEGER, need INTEGER, progress TEXT, share INTEGER, PRIMARY KEY(offer, need)) WITHOUT ROWID;
    CREATE TABLE tally(area TEXT, day TEXT, approached INTEGER, declined INTEGER, PRIMARY KEY(area, day)) WITHOUT ROWID;
    -- Themes (weight 3) and words of more than three letters (weight 1) of what is open.
    CREATE TABLE offer_term(offer INTEGER, term TEXT, weight INTEGER, PRIMARY KEY(offer, term)) WITHOUT ROWID;
    CREATE TABLE need_term(term TEXT, area TEXT, need INTEGER, PRIMARY KEY(term, area, need)) WITHOUT ROWID;
    CREATE VIRTUAL TABLE found USING fts5(words, place, tokenize='unicode61 remove_diacritics 2');
"""

INDEXES = """
    CREATE INDEX talk_startedAt ON talk(startedAt);
    CREATE INDEX talk_area ON talk(area, startedAt);
    CREATE INDEX talk_place ON talk(place COLLATE NOCASE, startedAt);
    CREATE INDEX talk_point ON talk(latitude, longitude) WHERE latitude IS NOT NULL;
    CREATE INDEX talk_followUp ON talk(followUpOn, followedUpOn) WHERE followUpOn IS NOT NULL;
    CREATE INDEX talk_volunteer ON talk(volunteer, startedAt);
    CREATE INDEX theme_talk ON talk_theme(theme);
    CREATE INDEX question_talk ON talk_question(question);
    CREATE INDEX person_place ON person(place COLLATE NOCASE);
    CREATE INDEX agreement_due ON agreement(dueOn, outcome);
"""


class Numbers:
    """Small numbers for the ids of records, as somebody with plain tables would have them."""

    def __init__(self):
        self.known = {}

    def __call__(self, link):
        if link is None:
            return None
        return self.known.setdefault(link["id"] if isinstance(link, dict) else link, len(self.known) + 1)


def terms(fields):
    words = re.findall(r"[^\W_]+", f"{fields['what'] or ''} {fields['description']}".lower())
    found = {word: 1 for word in words if len(word) > 3}
    return found | {f"theme:{theme['id']}": 3 for theme in fields["themes"]}


def insert(database, table, values):
    marks = ", ".join("?" for _ in values)
    database.execute(f"INSERT OR REPLACE INTO {table} VALUES({marks})", values)


def fill(database, lines):
    number = Numbers()
    answered = []
    for line in lines:
        record = json.loads(line)
        fields, kind, own = record["fields"], record["collection"], number(record["id"])
        if kind == "conversation":
            insert(database, "talk", [
                own, *(fields[name] for name in (
                    "startedAt", "area", "place", "language", "consent", "minutes", "headcount", "channel",
                    "followUpOn", "followedUpOn")), record["by"], fields["latitude"], fields["longitude"], fields["words"]])
            database.execute(
                "INSERT INTO found(rowid, words, place) VALUES(?, ?, ?)", [own, fields["words"], fields["place"]])
            for theme in fields["themes"]:
                insert(database, "talk_theme", [own, number(theme)])
            for question in fields["questions"]:
                insert(database, "talk_question", [own, number(question)])
        elif kind == "answer":
            answered.append([number(fields["conversation"]), number(fields["question"])])
        elif kind == "area":
            insert(database, "area", [fields["code"], fields["name"]])
        elif kind == "theme":
            insert(database, "theme", [own, fields["name"]])
        elif kind == "question":
            insert(database, "question", [own, fields["wording"]])
        elif kind == "person":
            insert(database, "person", [own, *(fields[name] for name in ("alias", "area", "place", "doNotApproach"))])
        elif kind == "agreement":
            insert(database, "agreement", [
                own, *(fields[name] for name in ("what", "who", "promisedBy", "dueOn", "outcome", "area"))])
        elif kind == "initiative":
            insert(database, "initiative", [own, *(fields[name] for name in ("name", "partner", "area"))])
        elif kind in ("offer", "need"):
            insert(database, kind, [
                own, *(fields[name] for name in ("what", "description", "area", "capacity", "until", "closedOn"))])
            if fields["closedOn"]:
                continue
            for term, weight in terms(fields).items():
                if kind == "offer":
                    insert(database, "offer_term", [own, term, weight])
                else:
                    insert(database, "need_term", [term, fields["area"] or "", own])
        elif kind == "match":
            insert(database, "match", [
                number(fields["offer"]), number(fields["need"]), fields["progress"], fields["share"]])
        elif kind == "tally":
            insert(database, "tally", [fields[name] for name in ("area", "day", "approached", "declined")])
    for pair in answered:
        insert(database, "talk_question", pair)


def latest(condition, limit):
    return f"""
        SELECT t.*, a.name AS areaName, (
            SELECT group_concat(h.name) FROM talk_theme x JOIN theme h ON h.id = x.theme WHERE x.talk = t.id) AS themes
        FROM talk t LEFT JOIN area a ON a.code = t.area {condition} ORDER BY t.startedAt DESC LIMIT {limit}"""


def search(words):
    expression = " AND ".join(f'"{word}"' for word in words)
    return f"""
        SELECT t.id, t.startedAt, t.area, t.volunteer, snippet(found, 0, '«', '»', '…', 30) AS text
        FROM found JOIN talk t ON t.id = found.rowid WHERE found MATCH '{expression}' ORDER BY t.startedAt DESC LIMIT 20"""


def due(today):
    themes = """(
        SELECT group_concat(h.name) FROM talk_theme x JOIN theme h ON h.id = x.theme WHERE x.talk = t.id) AS themes"""
    return f"""
        SELECT a.* FROM agreement a WHERE a.dueOn <= '{today}' AND a.outcome IS NULL ORDER BY a.dueOn;
        SELECT t.*, {themes} FROM talk t WHERE t.followUpOn <= '{today}' AND t.followedUpOn IS NULL ORDER BY t.followUpOn"""


def near(condition, recent, place):
    people = f"SELECT * FROM person WHERE place = '{place}' COLLATE NOCASE AND doNotApproach;" if place else ""
    return f"""
        {people} SELECT t.id, t.startedAt, t.area, t.place, t.volunteer, t.followUpOn, t.latitude, t.longitude FROM talk t
        WHERE {condition} AND t.startedAt >= {recent} ORDER BY t.startedAt DESC LIMIT 50"""


def match(today):
    return f"""
        WITH open AS MATERIALIZED (
            SELECT o.id, o.area FROM offer o
            WHERE o.closedOn IS NULL AND (o.until IS NULL OR o.until >= '{today}') AND ifnull(o.capacity, 1) > (
                SELECT ifnull(sum(m.share), 0) FROM match m WHERE m.offer = o.id AND m.progress = 'accepted')),
        shared AS MATERIALIZED (
            SELECT o.id AS offer, n.need, sum(t.weight) + 2 * (n.area = o.area) AS weight
            FROM open o JOIN offer_term t ON t.offer = o.id JOIN need_term n ON n.term = t.term AND n.area IN (o.area, '')
            GROUP BY o.id, n.need)
        SELECT s.weight, o.*, n.* FROM shared s JOIN offer o ON o.id = s.offer JOIN need n ON n.id = s.need
        WHERE NOT EXISTS(SELECT 1 FROM match m WHERE m.offer = s.offer AND m.need = s.need)
        ORDER BY s.weight DESC, s.offer, s.need LIMIT 20"""


def overview(today):
    def open_in(table):
        return f"SELECT area, count(*) FROM {table} WHERE closedOn IS NULL AND (until IS NULL OR until >= '{today}') GROUP BY area"

    return f"""
        SELECT count(*) FROM talk;
        SELECT c.*, a.name FROM (SELECT area, count(*) AS talks FROM talk GROUP BY area ORDER BY 2 DESC LIMIT 10) c
            JOIN area a ON a.code = c.area;
        SELECT c.*, h.name FROM (SELECT theme, count(*) AS talks FROM talk_theme GROUP BY theme ORDER BY 2 DESC LIMIT 10) c
            JOIN theme h ON h.id = c.theme;
        SELECT c.*, q.wording FROM (
            SELECT x.question, count(*) AS talks, count(DISTINCT t.area) FROM talk_question x JOIN talk t ON t.id = x.talk
            GROUP BY x.question ORDER BY 2 DESC, 3 DESC LIMIT 10) c JOIN question q ON q.id = c.question;
        SELECT sum(approached), sum(declined) FROM tally;
        SELECT outcome, count(*) FROM agreement GROUP BY outcome;
        SELECT count(*) FROM agreement WHERE outcome IS NULL AND dueOn < '{today}';
        SELECT partner, count(*) FROM initiative GROUP BY partner;
        {open_in('offer')};
        {open_in('need')};
        SELECT n.area, count(*) FROM match m JOIN need n ON n.id = m.need
            WHERE m.progress = 'accepted' AND n.closedOn IS NULL GROUP BY n.area"""


def main():
    source, target = sys.argv[1:]
    database = sqlite3.connect(target)
    database.executescript(SCHEMA)
    with open(source, encoding="utf-8") as lines:
        fill(database, lines)
    database.executescript(INDEXES)
    database.execute("INSERT INTO found(found) VALUES('optimize')")
    database.commit()
    database.execute("ANALYZE")
    database.commit()
    database.close()


if __name__ == "__main__":
    main()
