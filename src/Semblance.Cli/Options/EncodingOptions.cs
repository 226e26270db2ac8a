using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Tensors;

namespace Semblance.Cli.Options;

/// <summary>Represents the options, <c>--model</c> among them, that all commands which encode texts share.</summary>
internal sealed class EncodingOptions
{
    private readonly ModelOption _model = new();
    private readonly Option<int?> _batchTokens = NewOption.Count(
        "--batch-tokens", "The approximate number of tokens in a batch of one thread; default: 512");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The maximum number of threads; default: one per core");
    private readonly Option<bool> _normalize = new("--normalize") { Description = "Normalizes each vector to unit length" };
    private readonly Option<int?> _dimensions = NewOption.Count(
        "--dimensions", "The number of leading elements of each vector to keep (Matryoshka); default: all");
    private readonly Option<string> _precision = NewOption.Choice(
        "--precision", "The precision of the stored vectors", [.. Enum.GetNames<Precision>().Select(name => name.ToLowerInvariant())]);
    private readonly Option<string?> _calibration = NewOption.Text(
        "--calibration", "FILE", "The texts whose vectors calibrate the ranges of int8 and uint8; default: the first 10,000 texts");
    private readonly Option<string?> _prompt = NewOption.Text("--prompt", "TEXT", "A text to prepend to each text");
    private readonly Option<string?> _promptName = NewOption.Text(
        "--prompt-name", "NAME", "The name of a prompt of the model to prepend to each text");

    private readonly Option<string?> _adapter = NewOption.Text(
        "--adapter", "FOLDER", "The adapter of the model to encode with: a folder of PEFT; default: none, or the model's own");

    private readonly TruncationOptions _truncation;

    /// <summary>Initializes a new instance of the <see cref="EncodingOptions"/> class.</summary>
    /// <param name="command">The command to which the options are added.</param>
    public EncodingOptions(Command command)
    {
        _truncation = new TruncationOptions(command);
        _model.AddTo(command);
        command.Add(_batchTokens);
        command.Add(_threads);
        command.Add(_normalize);
        command.Add(_dimensions);
        command.Add(_precision);
        command.Add(_calibration);
        command.Add(_prompt);
        command.Add(_promptName);
        command.Add(_adapter);
    }

    /// <summary>Rejects options that control encoding if another option gives precomputed vectors.</summary>
    public void ExceptWith(Command command, Option vectors) => command.Validators.Add(result =>
    {
        Option[] options =
            [.. _model.All, _batchTokens, _normalize, _dimensions, _precision, _calibration, _prompt, _promptName, _adapter,
                .. _truncation.All];
        if (result.GetResult(vectors) is not null
            && options.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } extra)
        {
            result.AddError($"{extra.Name} controls how texts are encoded, but {vectors.Name} gives precomputed vectors; leave it out.");
        }
    });

    /// <summary>Returns the maximum number of threads.</summary>
    public int MaxThreads(ParseResult arguments) => arguments.GetValue(_threads) ?? int.MaxValue;

    /// <summary>Returns the precision that the command line names, or <see langword="null"/>.</summary>
    public Precision? PrecisionOf(ParseResult arguments) =>
        arguments.GetResult(_precision) is { Implicit: false } ? Enum.Parse<Precision>(arguments.GetValue(_precision)!, true) : null;

    /// <summary>Returns the name of the model on the command line, or <see langword="null"/> for the default model.</summary>
    public string? ModelName(ParseResult arguments) => arguments.GetValue(_model);

    /// <summary>Returns the compute type of the model.</summary>
    public ComputeType Compute(ParseResult arguments) => _model.Compute(arguments);

    /// <summary>Returns the folder of the model, downloaded if it is a Hub id.</summary>
    public Task<string> FolderAsync(ParseResult arguments, Host host, CancellationToken cancellationToken) =>
        _model.FolderAsync(arguments, host, cancellationToken);

    /// <summary>Returns only the batch size and the number of threads, for a second model beside the one that encodes.</summary>
    public PredictOptions Batching(ParseResult arguments, Host host) => PredictOptions.Default with
    {
        Counter = host.Count("texts of the reranker", ""),
        BatchTokens = arguments.GetValue(_batchTokens) ?? PredictOptions.Default.BatchTokens,
        MaxThreads = arguments.GetValue(_threads),
    };

    /// <summary>Returns the encoding options for a sparse model.</summary>
    /// <exception cref="InputException">An option applies to dense vectors only.</exception>
    public SparseEncodeOptions Sparse(ParseResult arguments, Host host, SparseEncoder model, int? maxActiveDimensions)
    {
        RefuseDense(arguments, "sparse vectors", " or use --max-active-dims.");
        return new SparseEncodeOptions
        {
            BatchTokens = arguments.GetValue(_batchTokens) ?? SparseEncodeOptions.Default.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            Prompt = arguments.GetValue(_prompt),
            PromptName = arguments.GetValue(_promptName),
            Adapter = arguments.GetValue(_adapter) is { } adapter ? model.LoadAdapter(adapter) : null,
            MaxActiveDimensions = maxActiveDimensions,
            Truncation = _truncation.Of(arguments),
            Counter = host.Count("texts", ""),
        };
    }

    /// <summary>Loads a model of any kind of encoder, with the options of the command line.</summary>
    /// <exception cref="InputException">An option applies to dense vectors only, and the model is of another kind.</exception>
    public async Task<(ITrainableModel Model, EncodeOptions Options)> LoadAnyAsync(
        ParseResult arguments, Host host, CancellationToken cancellationToken)
    {
        var folder = await FolderAsync(arguments, host, cancellationToken).ConfigureAwait(false);
        switch (ModelKinds.Of(folder))
        {
            case ModelKind.SparseEncoder:
                return Load<SparseEncoder>(folder, "sparse vectors", arguments, host);
            case ModelKind.MultiVectorEncoder:
                return Load<MultiVectorEncoder>(folder, "a vector for each token", arguments, host);
            case ModelKind.CrossEncoder:
                return Load<CrossEncoder>(folder, "scores of pairs", arguments, host);
            default:
                var dense = await LoadAsync(arguments, host, cancellationToken).ConfigureAwait(false);
                return dense.Precision == Precision.Float32
                    ? (dense.Model, dense.Options)
                    : throw new InputException(_precision.Name, "evaluations compare float32 vectors; leave it out.");
        }
    }

    private (ITrainableModel Model, EncodeOptions Options) Load<T>(string folder, string results, ParseResult arguments, Host host)
        where T : Encoder<T>, ILoadable<T>
    {
        RefuseDense(arguments, results, "");
        var model = Encoder<T>.Load(folder, Compute(arguments));
        host.Warn(model.Warnings);
        return (model, new EncodeOptions
        {
            BatchTokens = arguments.GetValue(_batchTokens) ?? EncodeOptions.Default.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            Prompt = arguments.GetValue(_prompt),
            PromptName = arguments.GetValue(_promptName),
            Adapter = arguments.GetValue(_adapter) is { } adapter ? model.LoadAdapter(adapter) : null,
            Truncation = _truncation.Of(arguments),
            Counter = host.Count("texts", ""),
        });
    }

    private void RefuseDense(ParseResult arguments, string results, string advice)
    {
        if (_truncation.Of(arguments) == Truncation.Chunk)
        {
            throw new InputException(
                "--truncation", $"chunk is for dense vectors, but the model produces {results}; use cut or error.");
        }

        foreach (var option in (Option[])[_normalize, _dimensions, _precision, _calibration])
        {
            if (arguments.GetResult(option) is { Implicit: false })
            {
                throw new InputException(
                    option.Name, $"it is for dense vectors, but the model produces {results}; leave it out{(advice.Length > 0 ? "," : ".")}{advice}");
            }
        }
    }

    /// <summary>Loads the model with the encoding options of the command line.</summary>
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
            Adapter = arguments.GetValue(_adapter) is { } adapter ? model.LoadAdapter(adapter) : null,
            Counter = host.Count("texts", _truncation.Advice(arguments)),
        };
        options = _truncation.Apply(arguments, options);
        var encoder = new QuantizingEncoder(model, options, PrecisionOf(arguments) ?? Precision.Float32);
        if (calibration is not null)
        {
            await encoder.CalibrateAsync(
                calibration.TextsAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        return encoder;
    }
}
