using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary><c>--chunk-size</c> and <c>--chunk-overlap</c>: how a text is divided.</summary>
internal sealed class ChunkOptions
{
    public ChunkOptions(Command command)
    {
        command.Add(Size);
        command.Add(Overlap);
    }

    /// <summary>The most tokens of a chunk.</summary>
    public Option<int?> Size { get; } = NewOption.Count("--chunk-size", "The most tokens of a chunk, special ones and prompt included; default as many as the model takes");

    /// <summary>The tokens that a chunk shares with the one before.</summary>
    public Option<int?> Overlap { get; } = NewOption.Count("--chunk-overlap", "About how many tokens of a chunk the next begins with, at most half; default none");

    /// <summary>Options that divide as the command line says.</summary>
    public EncodeOptions Apply(ParseResult arguments, EncodeOptions options) =>
        options with { ChunkSize = arguments.GetValue(Size), ChunkOverlap = arguments.GetValue(Overlap) ?? 0 };
}
