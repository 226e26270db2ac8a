using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary>Represents <c>--chunk-size</c> and <c>--chunk-overlap</c>, which divide long texts.</summary>
internal sealed class ChunkOptions
{
    public ChunkOptions(Command command)
    {
        command.Add(Size);
        command.Add(Overlap);
    }

    /// <summary>Gets the option for the maximum number of tokens in a chunk.</summary>
    public Option<int?> Size { get; } = NewOption.Count(
        "--chunk-size",
        "The maximum number of tokens in a chunk, with special tokens and prompt; default: the model's maximum sequence length");

    /// <summary>Gets the option for the number of tokens that a chunk shares with the previous one.</summary>
    public Option<int?> Overlap { get; } = NewOption.Integer(
        "--chunk-overlap", "The approximate number of tokens that adjacent chunks share, at most half of a chunk; default: 0", least: 0);

    /// <summary>Returns encoding options with the values of the command line.</summary>
    public EncodeOptions Apply(ParseResult arguments, EncodeOptions options) =>
        options with { ChunkSize = arguments.GetValue(Size), ChunkOverlap = arguments.GetValue(Overlap) ?? 0 };
}
