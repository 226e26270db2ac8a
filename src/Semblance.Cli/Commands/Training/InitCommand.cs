using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Modules;
using Semblance.Tokenizers;
using Semblance.Transformers;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>init</c>, which creates a randomly initialized model.</summary>
internal sealed class InitCommand : CliCommand
{
    private const int UsualHiddenSize = 384;
    private const int UsualHeads = 12;

    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the new model");
    private readonly Option<string> _architecture = NewOption.Choice(
        "--architecture", "The architecture of the transformer; default: bert",
        ["bert", .. NewConfiguration.Architectures.Where(name => name != "bert")]);
    private readonly Option<int?> _layers = NewOption.Count("--layers", "The number of layers; default: 6");
    private readonly Option<int?> _hiddenSize = NewOption.Count("--hidden-size", "The size of hidden states and vectors; default: 384");
    private readonly Option<int?> _heads = NewOption.Count(
        "--heads", "The number of attention heads, a divisor of the hidden size; default: 12");
    private readonly Option<int?> _intermediateSize = NewOption.Count(
        "--intermediate-size", "The intermediate size of the feed-forward block; default: four times the hidden size");
    private readonly Option<int?> _maxLength = NewOption.Count("--max-length", "The maximum sequence length in tokens; default: 512");
    private readonly Option<string?> _vocabulary = NewOption.Text(
        "--vocab", "FILE",
        "A vocab.txt, one token per line, for architectures with a BERT tokenizer; default: characters or bytes, "
        + "depending on the architecture");
    private readonly Option<string?> _tokenizer = NewOption.Text(
        "--tokenizer", "FOLDER", "A folder with the files of an existing tokenizer, instead of a new one");
    private readonly Option<int?> _seed = NewOption.Integer("--seed", "The random seed of the weights; default: 0");

    public InitCommand(Host host)
        : base("init", "Creates a randomly initialized model", host)
    {
        _output.Required = true;
        Add(_output);
        Add(_architecture);
        Add(_layers);
        Add(_hiddenSize);
        Add(_heads);
        Add(_intermediateSize);
        Add(_maxLength);
        Add(_vocabulary);
        Add(_tokenizer);
        Add(_seed);
        Validators.Add(result =>
        {
            if (result.GetResult(_vocabulary) is not null
                && (result.GetResult(_tokenizer) is not null
                    || Architectures.Find(result.GetValue(_architecture) ?? "bert")?.Tokenizer != TokenizerLayout.Bert))
            {
                result.AddError(
                    "--vocab creates a BERT tokenizer, so it can be combined neither with --tokenizer nor with this --architecture.");
            }

            if (Number(_hiddenSize) is { } hidden && Number(_heads) is { } heads && hidden % heads != 0)
            {
                result.AddError($"--heads {heads} must divide --hidden-size {hidden}.");
            }

            // Null if the value is not a number: another error reports that.
            int? Number(Option<int?> option) => result.GetResult(option)?.Tokens is [var token, ..]
                ? int.TryParse(token.Value, out var number) && number > 0 ? number : null
                : option == _heads ? UsualHeads : UsualHiddenSize;
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var folder = NewFolder.Check(arguments.GetValue(_output)!);
        var architecture = arguments.GetValue(_architecture)!;
        var tokenizer = await TokenizerAsync(arguments, architecture, cancellationToken).ConfigureAwait(false);
        var sizes = new ModelSizes
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = arguments.GetValue(_hiddenSize) ?? UsualHiddenSize,
            NumHiddenLayers = arguments.GetValue(_layers) ?? 6,
            NumAttentionHeads = arguments.GetValue(_heads) ?? UsualHeads,
            IntermediateSize = arguments.GetValue(_intermediateSize),
            MaxPositionEmbeddings = arguments.GetValue(_maxLength) ?? 512,
        };
        var model = RandomModel.Create(architecture, tokenizer, sizes, arguments.GetValue(_seed) ?? 0);
        model.Save(folder);
        Host.Error.WriteLine(
            Numbers.Invariant($"note: the model has {((TransformerModule)model.Modules[0]).Transformer.ParameterCount:N0} random ")
            + "parameters and is untrained; train it before use.");
        Host.Text.WriteLine(folder);
    }

    private async Task<Tokenizer> TokenizerAsync(ParseResult arguments, string architecture, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_tokenizer) is { } folder)
        {
            var tokenizer = Tokenizer.Load(folder);
            Host.Warn(tokenizer.Warnings);
            return tokenizer;
        }

        if (arguments.GetValue(_vocabulary) is not { } path)
        {
            return CharacterTokenizer.Create(architecture);
        }

        using var lines = TextInput.Open(path, Host);
        return Tokenizer.CreateBert(await lines.AllTextsAsync(cancellationToken).ConfigureAwait(false));
    }
}
