using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary>Represents <c>--truncation</c> and its options, for texts longer than the maximum sequence length.</summary>
internal sealed class TruncationOptions
{
    private readonly Option<string> _truncation = NewOption.Choice(
        "--truncation",
        "The handling of texts longer than the model's maximum sequence length: truncate them, fail, or pool the vectors of their chunks",
        "cut", "error", "chunk");
    private readonly Option<string> _pooling = NewOption.Choice(
        "--chunk-pooling", "The pooling of chunk vectors into one: the mean weighted by tokens, or the element-wise maximum", "mean",
        "max");
    private readonly ChunkOptions _chunks;

    public TruncationOptions(Command command)
    {
        command.Add(_truncation);
        _chunks = new ChunkOptions(command);
        command.Add(_pooling);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_truncation) != "chunk"
                && ((Option[])[_chunks.Size, _chunks.Overlap, _pooling]).FirstOrDefault(
                    option => result.GetResult(option) is { Implicit: false }) is { } option)
            {
                result.AddError($"{option.Name} is for --truncation chunk.");
            }
        });
    }

    /// <summary>Returns the truncation that the command line names.</summary>
    public Truncation Of(ParseResult arguments) => Enum.Parse<Truncation>(arguments.GetValue(_truncation)!, ignoreCase: true);

    /// <summary>Returns encoding options with the values of the command line.</summary>
    public EncodeOptions Apply(ParseResult arguments, EncodeOptions options) => _chunks.Apply(arguments, options) with
    {
        Truncation = Of(arguments),
        ChunkPooling = Enum.Parse<ChunkPooling>(arguments.GetValue(_pooling)!, ignoreCase: true),
    };
}
