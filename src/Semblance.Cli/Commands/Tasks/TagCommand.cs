using System.CommandLine;
using System.Text.Json;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>tag</c>, which finds the entities of texts with a token classifier.</summary>
internal sealed class TagCommand : CliCommand
{
    private readonly GivenTexts _texts;
    private readonly Option<string> _aggregation = NewOption.Choice(
        "--aggregation",
        "How tokens become entities: simple joins tokens, first, average and max join words; none writes each token",
        "simple", "none", "first", "average", "max");
    private readonly Option<int?> _stride = NewOption.Integer(
        "--stride", "The number of tokens that two windows of a long text share; default: a quarter of the maximum length", 0);
    private readonly Option<string> _offsets = NewOption.Choice(
        "--offsets", "The unit of positions: Unicode code points, as in Python, or UTF-16 units, as in .NET", "code-points", "utf-16");
    private readonly Option<string> _format = NewOption.Format();
    private readonly TaskModelOptions _model;

    public TagCommand(Host host)
        : base(
            "tag",
            "Finds entities, such as names, with a token classifier; writes lines of text number, start, end, label, score and text, or a "
            + "JSON object for each text",
            host)
    {
        _texts = new GivenTexts(this);
        Add(_aggregation);
        Add(_stride);
        Add(_offsets);
        Add(_format);
        _model = new TaskModelOptions(this, "The token classifier");
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var model = TokenClassifier.Load(
            await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false), _model.Compute(arguments));
        Host.Warn(model.Warnings);
        var options = _model.Apply(arguments, Host, new TagOptions
        {
            Aggregation = Enum.Parse<AggregationStrategy>(arguments.GetValue(_aggregation)!, ignoreCase: true),
            Stride = arguments.GetValue(_stride),
        });
        var number = 0L;
        await Host.WriteAsync(
            model.TagAsync(_texts.ReadAsync(arguments, Host, cancellationToken), options, cancellationToken), arguments.GetValue(_format),
            tagged =>
            {
                number++;
                var positions = Positions(tagged);
                foreach (var entity in tagged.Entities)
                {
                    Host.Text.WriteLine(string.Join(
                        '\t', Numbers.Invariant($"{number}"), Numbers.Invariant($"{positions.Of(entity.Start)}"),
                        Numbers.Invariant($"{positions.Of(entity.End)}"), entity.Label, Numbers.Score(entity.Score),
                        Column.Last(entity.Text)));
                }
            },
            (writer, tagged) => Write(
                writer, tagged, Positions(tagged), options.Aggregation == AggregationStrategy.None ? "entity" : "entity_group"))
            .ConfigureAwait(false);

        TextPositions Positions(TaggedText tagged) => new(tagged.Text, arguments.GetValue(_offsets) == "code-points");
    }

    // The names of the members are those of the original's pipeline.
    private static void Write(Utf8JsonWriter writer, TaggedText tagged, TextPositions positions, string label)
    {
        writer.WriteString("text", tagged.Text);
        writer.WriteStartArray("entities");
        foreach (var entity in tagged.Entities)
        {
            writer.WriteStartObject();
            writer.WriteString(label, entity.Label);
            writer.WriteNumber("score", entity.Score);
            if (entity.TokenIndex is { } index)
            {
                writer.WriteNumber("index", index);
            }

            writer.WriteString("word", entity.Word);
            writer.WriteString("text", entity.Text);
            writer.WriteNumber("start", positions.Of(entity.Start));
            writer.WriteNumber("end", positions.Of(entity.End));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
