using System.CommandLine;
using Semblance.Checkpoints;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Words;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>convert</c>, which makes a sentence encoder from a file of word vectors.</summary>
internal sealed class ConvertCommand : CliCommand
{
    private readonly Argument<string> _source = new("FILE")
    {
        Description = "The word vectors of GloVe, word2vec or fastText as text: a word and its vector on each line; may be .gz",
    };
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the new model");
    private readonly Option<int?> _words = NewOption.Count("--words", "The maximum number of words, the first ones of the file; default: all");
    private readonly Option<bool> _cased = new("--cased")
    {
        Description = "The words are in upper and lower case; default: texts are converted to lower case",
    };
    private readonly Option<string> _weights = NewOption.Choice("--weights", "The data type of the vectors", "float32", "float16");

    public ConvertCommand(Host host)
        : base("convert", "Makes a sentence encoder, the mean of the vectors of its words, from a file of word vectors", host)
    {
        _output.Required = true;
        Add(_source);
        Add(_output);
        Add(_words);
        Add(_cased);
        Add(_weights);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = NewFolder.Check(arguments.GetValue(_output)!);
        WordVectors? words = null;
        await Host.WithProgressAsync("reading", async bar =>
            words = await WordVectors.ReadAsync(
                arguments.GetRequiredValue(_source), most: arguments.GetValue(_words), progress: bar, cancellationToken: cancellationToken)
                .ConfigureAwait(false)).ConfigureAwait(false);
        var table = words!.Table;
        var tokenizer = new WhitespaceTokenizer(words.Words, lowerCase: !arguments.GetValue(_cased));
        var model = new SentenceTransformer([new WordEmbeddingsModule(tokenizer, table), new PoolingModule(table.Columns, [Pooling.Mean])]);
        model.Save(folder, arguments.GetValue(_weights) == "float16" ? DType.F16 : DType.F32);
        Host.Error.WriteLine(
            Numbers.Invariant($"{words.Words.Count - 1:N0} words with vectors of {table.Columns}")
            + (words.SkippedLines > 0 ? Numbers.Invariant($"; {words.SkippedLines:N0} lines of another length were left out") : ""));
        Host.Text.WriteLine(folder);
    }
}
