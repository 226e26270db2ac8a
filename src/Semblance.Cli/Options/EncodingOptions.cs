using System.CommandLine;
using Semblance.Cli.Input;

namespace Semblance.Cli.Options;

/// <summary>The options that all commands share that encode texts, the model among them.</summary>
internal sealed class EncodingOptions
{
    private readonly ModelOption _model = new();
    private readonly Option<int?> _batchTokens = NewOption.Count("--batch-tokens", "About how many tokens a thread works on at a time; default 2048");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The most threads to use; default one for each core");
    private readonly Option<bool> _normalize = new("--normalize") { Description = "Divide each vector by its length" };
    private readonly Option<int?> _dimensions = NewOption.Count("--dimensions", "Keep only the first N elements of each vector");
    private readonly Option<Precision> _precision = new("--precision") { Description = "How vectors are stored: float32, or smaller", HelpName = "float32|int8|uint8|binary|ubinary" };
    private readonly Option<string?> _calibration = NewOption.Text("--calibration", "FILE", "Texts whose vectors give int8 and uint8 their ranges; without it, the first 10,000 texts");
    private readonly Option<string?> _prompt = NewOption.Text("--prompt", "TEXT", "A text to put before each text");
    private readonly Option<string?> _promptName = NewOption.Text("--prompt-name", "NAME", "One of the model's own prompts to put before each text");

    private readonly TruncationOptions? _truncation;

    /// <param name="command">Gets the options.</param>
    /// <param name="truncation">What the command says of texts that are too long; null where it cuts them.</param>
    public EncodingOptions(Command command, TruncationOptions? truncation = null)
    {
        _truncation = truncation;
        _precision.AcceptOnlyFromAmong([.. Enum.GetValues<Precision>().Where(precision => precision != Precision.Float16).Select(precision => precision.ToString().ToLowerInvariant())]);
        command.Add(_model);
        command.Add(_batchTokens);
        command.Add(_threads);
        command.Add(_normalize);
        command.Add(_dimensions);
        command.Add(_precision);
        command.Add(_calibration);
        command.Add(_prompt);
        command.Add(_promptName);
    }

    /// <summary>Refuses what says how texts are encoded where another option gives their vectors.</summary>
    public void ExceptWith(Command command, Option vectors) => command.Validators.Add(result =>
    {
        Option[] options = [_model, _batchTokens, _normalize, _dimensions, _precision, _calibration, _prompt, _promptName];
        if (result.GetResult(vectors) is not null && options.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } extra)
        {
            result.AddError($"{extra.Name} says how texts are encoded, and {vectors.Name} gives their vectors; leave it out.");
        }
    });

    /// <summary>The most threads.</summary>
    public int MaxThreads(ParseResult arguments) => arguments.GetValue(_threads) ?? int.MaxValue;

    /// <summary>The precision that was asked for, or null.</summary>
    public Precision? PrecisionOf(ParseResult arguments) => arguments.GetResult(_precision) is { Implicit: false } ? arguments.GetValue(_precision) : null;

    /// <summary>The name of the model as it was given; null for the default one.</summary>
    public string? ModelName(ParseResult arguments) => arguments.GetValue(_model);

    /// <summary>The folder of the model, downloaded if it is named by its id.</summary>
    public Task<string> FolderAsync(ParseResult arguments, Host host, CancellationToken cancellationToken) => _model.FolderAsync(arguments, host, cancellationToken);

    /// <summary>The batch size and the number of threads alone, for another model beside the one that encodes.</summary>
    public PredictOptions Batching(ParseResult arguments) => PredictOptions.Default with
    {
        BatchTokens = arguments.GetValue(_batchTokens) ?? PredictOptions.Default.BatchTokens,
        MaxThreads = arguments.GetValue(_threads),
    };

    /// <summary>How to encode with a sparse model.</summary>
    /// <exception cref="ArgumentException">An option is for dense vectors only.</exception>
    public SparseEncodeOptions Sparse(ParseResult arguments, int? maxActiveDimensions)
    {
        foreach (var option in (Option[])[_normalize, _dimensions, _precision, _calibration])
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                throw new ArgumentException($"{option.Name} is for dense vectors, and the model makes sparse ones; leave it out, or use --max-active-dims.");
            }
        }

        return new SparseEncodeOptions
        {
            BatchTokens = arguments.GetValue(_batchTokens) ?? SparseEncodeOptions.Default.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            Prompt = arguments.GetValue(_prompt),
            PromptName = arguments.GetValue(_promptName),
            MaxActiveDimensions = maxActiveDimensions,
            Truncation = _truncation?.Of(arguments) ?? Truncation.Cut,
        };
    }

    /// <summary>Loads the model, and reads how to encode with it.</summary>
    public async Task<QuantizingEncoder> LoadAsync(ParseResult arguments, Host host, CancellationToken cancellationToken)
    {
        using var calibration = arguments.GetValue(_calibration) is { } path ? TextInput.Open(path, host) : null;
        var model = await _model.LoadAsync(arguments, host, cancellationToken).ConfigureAwait(false);
        var options = new EncodeOptions
        {
            BatchTokens = arguments.GetValue(_batchTokens) ?? EncodeOptions.Default.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            Normalize = arguments.GetValue(_normalize),
            Dimensions = arguments.GetValue(_dimensions),
            Prompt = arguments.GetValue(_prompt),
            PromptName = arguments.GetValue(_promptName),
        };
        options = _truncation?.Apply(arguments, options) ?? options;
        var encoder = new QuantizingEncoder(model, options, arguments.GetValue(_precision));
        if (calibration is not null)
        {
            await encoder.CalibrateAsync(calibration.TextsAsync(cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        return encoder;
    }
}
