"""Invented names for the sample catalogue, and hostile titles that a bot must handle.

None of these artists, albums or places exists.
"""

from __future__ import annotations

PLACE_NAMES = (
    "Quillmouth", "Ostrey", "Varnholm", "Tamsel", "Brindlewick", "Sarrowby", "Low Perrin",
    "Hollin Reach", "Ambersound", "Mirrowdale", "Tolvane", "Ketterhaven",
)  # fmt: skip

ADJECTIVES = (
    "Slow", "Paper", "Salt", "Amber", "Borrowed", "Northern", "Quiet", "Copper", "Unlit",
    "Sunday", "Half-Remembered", "Second", "Velvet", "Tidal", "Patient", "Winter",
)  # fmt: skip

NOUNS = (
    "Orchard", "Ferry", "Staircase", "Almanac", "Weathervane", "Greenhouse", "Postcard",
    "Telescope", "Bicycle", "Harbour Light", "Typewriter", "Kettle", "Tramline", "Sparrow",
    "Lighthouse", "Carousel", "Envelope", "Allotment", "Cello", "Umbrella",
)  # fmt: skip

PERSON_NAMES = (
    "Ines", "Odalys", "Matteus", "Wren", "Idris", "Solveig", "Tomas", "Yuki", "Pell", "Anouk",
)  # fmt: skip

TIMES_OF_DAY = ("Six", "Midnight", "First Light", "Closing Time", "the Last Tram", "Low Tide")

# The fields take words from the lists above.
TITLE_TEMPLATES = (
    "{weather} {thing}",
    "{thing} at {place}",
    "One {thing} for {person}",
    "{place} by {hour}",
    "The {weather} {thing}",
    "{person}'s {thing}",
    "Under the {thing}",
    "{weather} {thing}, {weather2} {thing2}",
    "Letter from {place}",
    "{hour} at the {thing}",
)

# Artist → (genre, album → release date)
ARTISTS: dict[str, tuple[str, dict[str, str]]] = {
    "Lantern Mile": ("chamber pop", {"Lantern Weather": "2019-10-04", "Unlit Road": "2023-03-17"}),
    "The Quillmouth Ferry Company": ("folk", {"Nine Crossings": "1974", "Timetable": "1977-06"}),
    "Odalys Venn": ("jazz", {"Rooms with a Piano in Them": "1961", "Slow Arithmetic": "1964-02"}),
    "Tamsel Radio Choir": ("choral", {"Signals, Kept": "1988-11-20"}),
    "Pell & the Allotments": ("indie", {"Rhubarb Season": "2014-05-12", "Shed": "2016-09-02"}),
    "Halden Mirrow Trio": ("jazz", {"After the Last Tram": "1958"}),
    "Copper Umbrella": ("electronic", {"Soft Machinery for Rain": "2021-04-09"}),
    "Solveig Tarn": ("ambient", {"Glacier Notes": "2018-01-19", "Forty Winters": "2022-12-01"}),
    "Brindlewick Brass": ("brass band", {"Coal Sunday": "1969-08"}),
    "Wren Hallorow": ("singer-songwriter", {"Kitchen Light": "2020-02-28"}),
    "Night Almanac": ("synthwave", {"Ambersound FM": "1986-07-07", "Night Ferry": "2017-06-16"}),
    "Idris Okoro-Lind": ("soul", {"Warm Side of the Street": "1972"}),
    "The Patient Sparrows": ("post-rock", {"An Hour of Good Visibility": "2009-09-21"}),
    "Anouk Delmare": ("chanson", {"Le Phare et la Pluie": "1966-03"}),
}  # fmt: skip

LANTERN_TITLES = (
    "Lantern Weather", "The Last Lantern in Quillmouth", "Carry the Lantern Home, Ines",
    "Lantern, Ladder, Sea", "Paper Lantern Season", "Small Lantern, Large Dark",
    "Instructions for a Lantern", "Lantern Street (Reprise)",
)  # fmt: skip

HOSTILE_ARTIST = "DJ `rm -rf` & The **Bold** Ones"
HOSTILE_ALBUM = "Titles Nobody Should Trust"
HOSTILE_TITLES = (
    "@everyone",
    "@here, wake up",
    "<@1000>",
    "<@&1001> <#1002> </link:1003> <t:1700000000:R>",
    '=HYPERLINK("http://example.test","x")',
    "+1-800-LANTERN",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    "**bold** [link](http://example.test)",
    "# Big heading",
    "> quoted\n>>> and quoted again",
    "-# small print",
    "||spoiler|| ~~struck~~ __under__ *slanted*",
    "```\ncode\n```",
    "`unfinished",
    "https://example.test/free-nitro?x=1&y=2",
    "discord.gg/lantern-invite",
    "<:lantern:123456789012345678>",
    "أغنية الفانوس الأخيرة",
    "שיר הפנס הקטן",
    "Lantern \u202eexe.gnirts\u202c (Live)",
    "\u2066isolated\u2069 \u200fmarked\u200e",
    "灯籠とラダーと海",
    "👩‍👩‍👧‍👦 🏮 🎐",
    "Z̷̢̛a̴͓͝l̸̰̈g̶̱̃o̵͎̕ Lantern",
    "Two\nLines\r\nAnd Three",
    "zero\u200bwidth\ufeffspace\u00a0here",
    "&lt;b&gt; <b>not bold</b> <script>alert(1)</script>",
    "'; DROP TABLE links; --",
    "../../etc/passwd\\..\\nul",
    "Long " + "and longer " * 26 + "ends now.",
)  # fmt: skip
TRACK_WITHOUT_ARTIST = "Sung by Nobody"  # a track without artists
TRACK_WITH_UNNAMED_ARTIST = "Sung by Someone"  # a track whose artist has an empty name
UNAVAILABLE_TRACK = "Lantern, Withdrawn"  # a track that can no longer be played
LOCAL_FILE = ("Cellar Tape 3", "Rehearsal in the Cellar", "My Own Recordings", 187)

SHOWS = {
    "Small Hours Almanac": ("Ambersound Radio", ("Lanterns, and Who Lit Them", "On Kettles",
        "A Short Walk in Fog", "The Tram Depot at Night", "Letters We Kept")),
    "Keeping Bees Badly": ("Low Perrin Press", ("Smoke", "The Second Hive", "Winter Cluster")),
}  # fmt: skip

AUDIOBOOKS = {
    "The Lamplighter's Ledger": ("Matteus Orrin", "Yuki Abara",
        ("The Ledger", "Gaslight", "A Debt in Ostrey", "The Unlit Street", "Morning")),
}  # fmt: skip
