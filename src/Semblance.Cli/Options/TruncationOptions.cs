using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary>Represents <c>--truncation</c> and its options, for texts longer than the maximum sequence length.</summary>
internal sealed class TruncationOptions
{
    private readonly Option<string> _truncation;
    private readonly Option<string>? _pooling;
    private readonly ChunkOptions _chunks;

    /// <summary>Initializes a new instance of the <see cref="TruncationOptions"/> class.</summary>
    /// <param name="command">The command to which the options are added.</param>
    /// <param name="isPooled">
    /// <see langword="true"/> if the vectors of chunks are pooled into one; <see langword="false"/> if the result has each of them.
    /// </param>
    public TruncationOptions(Command command, bool isPooled = true)
    {
        _truncation = NewOption.Choice(
            "--truncation",
            "The handling of texts longer than the model's maximum sequence length: truncate them, fail, or "
            + (isPooled ? "pool the vectors of their chunks" : "index each of their chunks"),
            "cut", "error", "chunk");
        command.Add(_truncation);
        _chunks = new ChunkOptions(command);
        All = [_truncation, _chunks.Size, _chunks.Overlap];
        if (isPooled)
        {
            _pooling = NewOption.Choice(
                "--chunk-pooling", "The pooling of chunk vectors into one: the mean weighted by tokens, or the element-wise maximum",
                "mean", "max");
            command.Add(_pooling);
            All = [.. All, _pooling];
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_truncation) != "chunk"
                && All.Skip(1).FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } option)
            {
                result.AddError($"{option.Name} is for --truncation chunk.");
            }
        });
    }

    /// <summary>Gets all options.</summary>
    public IReadOnlyList<Option> All { get; }

    /// <summary>Returns the truncation that the command line names.</summary>
    public Truncation Of(ParseResult arguments) => Enum.Parse<Truncation>(arguments.GetValue(_truncation)!, ignoreCase: true);

    /// <summary>Returns the end of a warning about truncated texts: the option to divide them, unless it is given.</summary>
    public string Advice(ParseResult arguments) =>
        Of(arguments) == Truncation.Chunk ? "" : "; --truncation chunk divides long texts instead";

    /// <summary>Returns encoding options with the values of the command line.</summary>
    public EncodeOptions Apply(ParseResult arguments, EncodeOptions options) => _chunks.Apply(arguments, options) with
    {
        Truncation = Of(arguments),
        ChunkPooling = _pooling is null ? default : Enum.Parse<ChunkPooling>(arguments.GetValue(_pooling)!, ignoreCase: true),
    };
}
