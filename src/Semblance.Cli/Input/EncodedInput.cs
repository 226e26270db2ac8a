using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;
using Semblance.Tensors;

namespace Semblance.Cli.Input;

/// <summary>
/// Represents the options of commands that work on the vectors of texts: <c>--input</c>, and a model or precomputed <c>--vectors</c>.
/// </summary>
internal sealed class EncodedInput
{
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", $"The texts: {TextInput.Formats}, as is no option");
    private readonly Option<string?> _vectors = NewOption.Text(
        "--vectors", "FILE", "Precomputed vectors of the texts (.npy, .safetensors, .jsonl), instead of a model");

    /// <summary>Initializes a new instance of the <see cref="EncodedInput"/> class.</summary>
    /// <param name="command">The command to which <c>--input</c> and <c>--vectors</c> are added.</param>
    public EncodedInput(Command command)
    {
        command.Add(_input);
        Column = new TextColumn(command);
        command.Add(_vectors);
    }

    /// <summary>Gets the options that name the texts of JSON Lines and tables.</summary>
    public TextColumn Column { get; }

    /// <summary>Gets the encoding options, which <see cref="AddEncoding"/> sets.</summary>
    public EncodingOptions Encoding { get; private set; } = null!;

    /// <summary>Returns a value that indicates whether precomputed vectors are given.</summary>
    public bool HasVectors(ParseResult arguments) => arguments.GetValue(_vectors) is not null;

    /// <inheritdoc cref="HasVectors(ParseResult)"/>
    public bool HasVectors(CommandResult result) => result.GetResult(_vectors) is not null;

    /// <summary>Adds the options of a model, which come last in the help.</summary>
    public void AddEncoding(Command command)
    {
        Encoding = new EncodingOptions(command);
        Encoding.ExceptWith(command, _vectors);
    }

    /// <summary>Opens the texts.</summary>
    public TextLines OpenTexts(ParseResult arguments, Host host) => Column.Open(arguments, arguments.GetValue(_input), host);

    /// <summary>Opens the precomputed vectors and checks that there is one for each text.</summary>
    public VectorMatrix Open(ParseResult arguments, string name, long texts)
    {
        var path = arguments.GetValue(_vectors)!;
        var vectors = VectorMatrix.Open(path);
        return vectors.Rows == texts
            ? vectors
            : throw new InputException(
                path,
                Numbers.Invariant($"there are {vectors.Rows:N0} vectors, but {name} has {texts:N0} texts; ")
                + "use the texts that the vectors were computed from.");
    }

    /// <summary>Reads the texts, and encodes them or reads their precomputed vectors.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">The standard streams.</param>
    /// <param name="normalize"><see langword="true"/> to normalize the vectors to unit length; otherwise, <see langword="false"/>.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public async Task<EncodedLines> ReadAsync(ParseResult arguments, Host host, bool normalize, CancellationToken cancellationToken)
    {
        using var lines = OpenTexts(arguments, host);
        if (HasVectors(arguments))
        {
            var all = await lines.AllTextsAsync(cancellationToken).ConfigureAwait(false);
            var opened = Open(arguments, lines.Name, all.Count).ToTensor();
            return new EncodedLines(
                all, normalize ? Normalized(opened, cancellationToken) : opened, SimilarityFunction.Cosine,
                Numbers.Invariant($"read {all.Count:N0} lines and their vectors"), lines.Numbers);
        }

        var encoder = await Encoding.LoadAsync(arguments, host, cancellationToken).ConfigureAwait(false);
        var texts = await lines.AllTextsAsync(cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        var options = normalize ? encoder.Options with { Normalize = true } : encoder.Options;
        host.Encoded = (lines.Name, lines.Numbers);
        Embeddings? embeddings = null;
        await host.WithProgressAsync("encoding", progress =>
        {
            embeddings = encoder.Model.Encode(texts, options, new EncodingProgress(progress), cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new EncodedLines(
            texts, encoder.Restored(embeddings!), encoder.Model.Config.SimilarityFunction,
            Numbers.Invariant($"encoded {texts.Count:N0} lines in {seconds:F2} s"), lines.Numbers);
    }

    private static Tensor Normalized(Tensor vectors, CancellationToken cancellationToken)
    {
        using var run = new Computation(cancellationToken: cancellationToken);
        using var normalized = run.Normalize(vectors);
        return Tensor.From(normalized.Values, vectors.Rows, vectors.Columns);
    }
}
