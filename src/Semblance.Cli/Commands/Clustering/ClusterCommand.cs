using System.CommandLine;
using System.Diagnostics;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files.Json;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>cluster</c>, which groups similar lines and names the topic words of each group.</summary>
internal sealed class ClusterCommand : CliCommand
{
    private const int UsualWords = 5;
    private const int FirstMembers = 3;

    private readonly EncodedInput _input;
    private readonly Option<int?> _topics = NewOption.Count("--topics", $"The number of topic words per group; default: {UsualWords}");
    private readonly Option<bool> _all = new("--all") { Description = "Writes all members of each group, not only the first three" };
    private readonly Option<string> _format = NewOption.Format();
    private readonly ClusterMethod _method;

    public ClusterCommand(Host host)
        : base(
            "cluster",
            "Groups similar lines; writes the size and topic words of each group, then score, line number and text of the three members "
            + "that are nearest to its center", host)
    {
        _input = new EncodedInput(this);
        _method = new ClusterMethod(this);
        Add(_topics);
        Add(_all);
        Add(_format);
        _input.AddEncoding(this);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var input = await _input.ReadAsync(arguments, Host, normalize: true, cancellationToken).ConfigureAwait(false);
        var (texts, vectors) = (input.Texts, input.Vectors);
        var started = Stopwatch.GetTimestamp();
        int[] labels = [];
        await Host.WithProgressAsync("grouping", progress =>
        {
            labels = _method.Labels(arguments, vectors, _input.Encoding.MaxThreads(arguments), progress, cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var clusters = TextCluster.Of(texts, vectors, labels, arguments.GetValue(_topics) ?? UsualWords);
        var grouped = Stopwatch.GetElapsedTime(started).TotalSeconds;

        if (arguments.GetValue(_format) == "json")
        {
            WriteJson(clusters, input);
        }
        else
        {
            WriteText(clusters, input, arguments.GetValue(_all) ? int.MaxValue : FirstMembers);
        }

        Host.Error.WriteLine(
            Numbers.Invariant($"{input.Summary}; found {clusters.Count:N0} {(clusters.Count == 1 ? "group" : "groups")} in {grouped:F2} ")
            + Numbers.Invariant($"s; {labels.Count(label => label < 0):N0} lines are in none"));
    }

    private void WriteText(IReadOnlyList<TextCluster> clusters, EncodedLines input, int most)
    {
        for (var number = 0; number < clusters.Count; number++)
        {
            var cluster = clusters[number];
            var lines = cluster.Members.Count == 1 ? "line" : "lines";
            var title = $"group {number + 1} · {cluster.Members.Count} {lines} · {string.Join(", ", cluster.Words)}".TrimEnd(' ', '·');
            Host.Text.WriteLine(number > 0 ? $"\n{title}" : title);
            foreach (var member in cluster.Members.Take(most))
            {
                Host.Text.WriteLine(
                    $"  {Numbers.Score(member.Score)}\t{input.Numbers[member.Index]}\t{Column.Last(input.Texts[member.Index])}");
            }

            if (cluster.Members.Count - most is > 0 and var rest)
            {
                Host.Text.WriteLine(Numbers.Invariant($"  … {rest:N0} more"));
            }
        }
    }

    private void WriteJson(IReadOnlyList<TextCluster> clusters, EncodedLines input)
    {
        using var output = new JsonLinesWriter(Host.Output);
        for (var number = 0; number < clusters.Count; number++)
        {
            var cluster = clusters[number];
            output.Write(json =>
            {
                json.WriteNumber("group", number + 1);
                json.WriteNumber("size", cluster.Members.Count);
                json.WriteStrings("words", cluster.Words);
                json.WriteStartArray("members");
                foreach (var member in cluster.Members)
                {
                    json.WriteStartObject();
                    json.WriteNumber("score", member.Score);
                    json.WriteNumber("line", input.Numbers[member.Index]);
                    json.WriteString("text", input.Texts[member.Index]);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
    }
}
