"""What is checked of the page, in this order: each check gets the page, and leaves it as it likes."""

from checks import audiences, downloads, examinations, library, looks, node, people, search, settings

COMMON = [
    search.keys_and_search,
    downloads.download,
    downloads.get_a_shared_folder,
    library.publish_by_drop,
    library.publish_by_path,
    library.share_a_folder,
    audiences.say_for_whom,
    audiences.approve,
    downloads.ask_for_locked,
    people.look_at_members,
    people.invite,
    people.administer,
    settings.configure,
    settings.keep,
    examinations.examine,
    search.stream,
    node.tell_every_failure,
]
MOCK_ONLY = [
    search.look_into_folders,
    examinations.examine_for_a_download,
    downloads.say_for_whom_it_waits,
    downloads.change_transfer,
    examinations.examine_in_trouble,
    search.rove,
    search.show_extremes,
    library.ask_before_giving,
    library.bear_much,
    looks.translate,
]
LAST = [looks.look, node.survive_absence, node.refuse_without_token]

# Parts of the API without which a check makes no sense.
NEEDS = {
    library.share_a_folder: "shares",
    search.keys_and_search: "listings?q=",
    downloads.download: "listings?q=",
    downloads.get_a_shared_folder: "listings?q=",
    people.look_at_members: "peers/bob/publications",
    examinations.examine: "peers/bob/publications",
    people.invite: "admin/invites",
    people.administer: "admin/users",
    audiences.say_for_whom: "asks",
    audiences.approve: "asks",
    downloads.ask_for_locked: "asks",
    search.stream: "/files/harbour-at-dawn.webm",
}
# What a check causes on the console: a node that is away, or wants a token, is a failed request to the browser.
CAUSED = {
    # A node that ends.
    examinations.examine_in_trouble: ["503"],
    node.survive_absence: ["net::ERR_", "401"],
    node.refuse_without_token: ["401"],
    # A name that nobody has.
    audiences.say_for_whom: ["/audience"],
}
