using System.CommandLine;

namespace Semblance.Cli.Options;

/// <summary><c>--truncation</c>: what happens to a text that is longer than the model takes.</summary>
internal sealed class TruncationOptions
{
    private readonly Option<string> _truncation = NewOption.Choice("--truncation", "A text too long for the model is cut, or is an error, or has a vector made of its chunks'", "cut", "error", "chunk");
    private readonly Option<string> _pooling = NewOption.Choice("--chunk-pooling", "The vectors of chunks become one: their mean by tokens, or the largest of each element", "mean", "max");
    private readonly ChunkOptions _chunks;

    public TruncationOptions(Command command)
    {
        command.Add(_truncation);
        _chunks = new ChunkOptions(command);
        command.Add(_pooling);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_truncation) != "chunk"
                && ((Option[])[_chunks.Size, _chunks.Overlap, _pooling]).FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } option)
            {
                result.AddError($"{option.Name} is for --truncation chunk.");
            }
        });
    }

    /// <summary>What the command line says.</summary>
    public Truncation Of(ParseResult arguments) => Enum.Parse<Truncation>(arguments.GetValue(_truncation)!, ignoreCase: true);

    /// <summary>Options that treat long texts as the command line says.</summary>
    public EncodeOptions Apply(ParseResult arguments, EncodeOptions options) => _chunks.Apply(arguments, options) with
    {
        Truncation = Of(arguments),
        ChunkPooling = Enum.Parse<ChunkPooling>(arguments.GetValue(_pooling)!, ignoreCase: true),
    };
}
