#include "zonegen/command/commands.hpp"
#include "zonegen/command/input_options.hpp"
#include "zonegen/console/stop_signal.hpp"
#include "zonegen/import/listen.hpp"
#include "zonegen/import/reject_report.hpp"

namespace dnshist::zonegen {

Result<ExitCode> listen_command(const CommandLine& line, const conf::Settings& settings,
                                Terminal& terminal) {
    ListenOptions options;
    if (line.dnstap_places.empty()) options.places = settings.listen.dnstap;
    for (const std::string& text : line.dnstap_places) {
        const auto place = conf::dnstap_place_from_text(text);
        if (!place) return Problem{"--dnstap: " + place.error().text};
        options.places.push_back(*place);
    }
    auto input = input_options(line, settings);
    if (!input) return input.error();
    options.dnstap = {std::move(input->dnstap_types), input->trust, line.sensor};
    options.filter = std::move(input->filter);
    options.times = input->times;
    options.senders = settings.listen.senders;
    options.window = settings.listen.window;
    options.window_observations = settings.listen.window_observations;

    const StopSignal stop;
    input->writer.damage = complaints_of_damage(terminal);
    HistoryWriter writer(settings.store.directory, input->writer);
    say_what_waits(writer, terminal);
    say_missing_search(settings.store.directory, input->writer, terminal);
    RejectReport rejects(terminal, std::nullopt);
    const bool complete = listen(writer, options, rejects, terminal, stop.descriptor());
    const bool is_whole = took_all(writer, terminal);
    return complete && is_whole ? done : failed;
}

}  // namespace dnshist::zonegen
