using System.CommandLine;
using Semblance.Checkpoints;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Conversion;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Words;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>convert</c>, which makes a model folder from a file of another program: ONNX, GGUF or word vectors.</summary>
internal sealed class ConvertCommand : CliCommand
{
    private static readonly (string Name, Pooling? Mode)[] Poolings =
        [("auto", null), ("mean", Pooling.Mean), ("cls", Pooling.Cls), ("lasttoken", Pooling.LastToken), ("max", Pooling.Max)];

    private readonly Argument<string> _source = new("FILE")
    {
        Description = "An exported encoder (.onnx), an encoder of llama.cpp (.gguf), or the word vectors of GloVe, word2vec or fastText as text: "
            + "a word and its vector on each line; may be .gz",
    };
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the new model");
    private readonly Option<string?> _files = NewOption.Text(
        "--files", "FOLDER", "Of .onnx: the folder with config.json and the tokenizer; default: that of the file and, if it is named onnx, the one above");
    private readonly Option<int?> _heads = NewOption.Count("--heads", "Of .onnx without config.json: the number of attention heads; default: as in the graph");
    private readonly Option<string> _pooling = NewOption.Choice(
        "--pooling", "Of an encoder without modules.json: the pooling; auto: as in the file, otherwise mean", [.. Poolings.Select(pooling => pooling.Name)]);
    private readonly Option<bool> _normalize = new("--normalize")
    {
        Description = "Of an encoder without modules.json: vectors have unit length",
    };
    private readonly Option<int?> _words = NewOption.Count("--words", "Of word vectors: the maximum number of words, the first ones; default: all");
    private readonly Option<bool> _cased = new("--cased")
    {
        Description = "The vocabulary is in upper and lower case; default: texts are converted to lower case",
    };
    private readonly Option<string> _weights = NewOption.Choice("--weights", "The data type of the weights", "float32", "float16");

    public ConvertCommand(Host host)
        : base("convert", "Makes a model folder from an ONNX or GGUF file of an encoder, or from word vectors", host)
    {
        _output.Required = true;
        Add(_source);
        Add(_output);
        Add(_files);
        Add(_heads);
        Add(_pooling);
        Add(_normalize);
        Add(_words);
        Add(_cased);
        Add(_weights);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = NewFolder.Check(arguments.GetValue(_output)!);
        var source = arguments.GetRequiredValue(_source);
        var weights = arguments.GetValue(_weights) == "float16" ? DType.F16 : DType.F32;
        var options = new ConversionOptions
        {
            FilesFolder = arguments.GetValue(_files),
            NumAttentionHeads = arguments.GetValue(_heads),
            Pooling = Poolings.First(pooling => pooling.Name == arguments.GetValue(_pooling)).Mode,
            Normalize = arguments.GetValue(_normalize),
            LowerCase = !arguments.GetValue(_cased),
            Weights = weights,
        };
        switch (Path.GetExtension(source).ToLowerInvariant())
        {
            case ".onnx":
                OnnxConversion.Convert(source, folder, options);
                break;
            case ".gguf":
                GgufConversion.Convert(source, folder, options);
                break;
            default:
                await ConvertWordsAsync(source, folder, arguments, weights, cancellationToken).ConfigureAwait(false);
                break;
        }

        Host.Text.WriteLine(folder);
    }

    private async Task ConvertWordsAsync(
        string source, string folder, ParseResult arguments, DType weights, CancellationToken cancellationToken)
    {
        WordVectors? words = null;
        await Host.WithProgressAsync("reading", async bar =>
            words = await WordVectors.ReadAsync(
                source, most: arguments.GetValue(_words), progress: bar, cancellationToken: cancellationToken)
                .ConfigureAwait(false)).ConfigureAwait(false);
        var table = words!.Table;
        var tokenizer = new WhitespaceTokenizer(words.Words, lowerCase: !arguments.GetValue(_cased));
        var model = new SentenceTransformer([new WordEmbeddingsModule(tokenizer, table), new PoolingModule(table.Columns, [Pooling.Mean])]);
        model.Save(folder, weights);
        Host.Error.WriteLine(
            Numbers.Invariant($"{words.Words.Count - 1:N0} words with vectors of {table.Columns}")
            + (words.SkippedLines > 0 ? Numbers.Invariant($"; {words.SkippedLines:N0} lines of another length were left out") : ""));
    }
}
