using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Tensors;

namespace Semblance.Cli.Input;

/// <summary>The options of commands that work on the vectors of a text's lines: <c>--input</c>, and a model, or <c>--vectors</c> that were encoded before.</summary>
internal sealed class EncodedInput
{
    private readonly Option<string?> _input = NewOption.Text("--input", "FILE", "A text a line, or JSON lines (.jsonl) with 'text', also as .gz; '-', or nothing, is standard input");
    private readonly Option<string?> _vectors = NewOption.Text("--vectors", "FILE", "The vectors of the texts, encoded before (.npy, .safetensors, .jsonl), instead of a model");

    /// <param name="command">Gets <c>--input</c> and <c>--vectors</c>.</param>
    public EncodedInput(Command command)
    {
        command.Add(_input);
        command.Add(_vectors);
    }

    /// <summary>Gets how texts are encoded, once <see cref="AddEncoding"/> was called.</summary>
    public EncodingOptions Encoding { get; private set; } = null!;

    /// <summary>Gets whether the vectors were encoded before.</summary>
    public bool HasVectors(ParseResult arguments) => arguments.GetValue(_vectors) is not null;

    /// <inheritdoc cref="HasVectors(ParseResult)"/>
    public bool HasVectors(CommandResult result) => result.GetResult(_vectors) is not null;

    /// <summary>Adds the options of a model, which come last.</summary>
    public void AddEncoding(Command command)
    {
        Encoding = new EncodingOptions(command);
        Encoding.ExceptWith(command, _vectors);
    }

    /// <summary>The file of texts.</summary>
    public string? Path(ParseResult arguments) => arguments.GetValue(_input);

    /// <summary>Opens the vectors that were encoded before, and checks that there is one for each text.</summary>
    public VectorMatrix Open(ParseResult arguments, string name, long texts)
    {
        var path = arguments.GetValue(_vectors)!;
        var vectors = VectorMatrix.Open(path);
        return vectors.Rows == texts
            ? vectors
            : throw new InputException(path, Numbers.Invariant($"there are {vectors.Rows:N0} vectors, but {name} has {texts:N0} texts; give the texts that were encoded."));
    }

    /// <summary>Reads the texts, and encodes them or reads their vectors.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="host">Standard input, and where progress is shown.</param>
    /// <param name="normalize">Whether vectors are divided by their lengths.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<EncodedLines> ReadAsync(ParseResult arguments, Host host, bool normalize, CancellationToken cancellationToken)
    {
        using var lines = TextInput.Open(Path(arguments), host);
        if (HasVectors(arguments))
        {
            var all = await lines.AllTextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            var opened = Open(arguments, lines.Name, all.Count).ToTensor();
            return new EncodedLines(all, normalize ? Normalized(opened, cancellationToken) : opened, SimilarityFunction.Cosine, Numbers.Invariant($"read {all.Count:N0} lines and their vectors"));
        }

        var encoder = await Encoding.LoadAsync(arguments, host, cancellationToken).ConfigureAwait(false);
        var texts = await lines.AllTextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        var options = normalize ? encoder.Options with { Normalize = true } : encoder.Options;
        Embeddings? embeddings = null;
        await host.WithProgressAsync("encoding", progress =>
        {
            embeddings = encoder.Model.Encode(texts, options, new EncodingProgress(progress), cancellationToken);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new EncodedLines(
            texts, encoder.Restored(embeddings!), encoder.Model.Config.SimilarityFunction, Numbers.Invariant($"encoded {texts.Count:N0} lines in {seconds:F2} s"));
    }

    private static Tensor Normalized(Tensor vectors, CancellationToken cancellationToken)
    {
        using var run = new Computation(cancellationToken: cancellationToken);
        using var normalized = run.Normalize(vectors);
        return Tensor.From(normalized.Values, vectors.Rows, vectors.Columns);
    }
}
