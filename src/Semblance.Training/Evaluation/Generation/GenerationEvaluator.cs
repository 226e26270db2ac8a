using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Evaluates a sequence-to-sequence model: it generates a text from each source and compares it with the references.</summary>
/// <remarks>
/// Metrics: those of <see cref="GenerationScores.Of"/>, of which <c>chrf</c> is the primary one; <c>loss</c>, the mean cross-entropy of the
/// tokens of the first references; <c>negative_loss</c>.
/// </remarks>
public sealed class GenerationEvaluator : TaskEvaluator<SequenceToSequenceModel>
{
    private const int BatchSize = 16;

    private readonly IReadOnlyList<string> _sources;
    private readonly IReadOnlyList<IReadOnlyList<string>> _references;

    /// <summary>Initializes a new instance of the <see cref="GenerationEvaluator"/> class with sources and references.</summary>
    /// <param name="sources">The sources.</param>
    /// <param name="references">The references of each source, at least one.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics; empty for none.</param>
    /// <exception cref="EvaluationDataException">There is no source.</exception>
    /// <exception cref="ArgumentException">The lists have different lengths, or a source has no reference.</exception>
    public GenerationEvaluator(IReadOnlyList<string> sources, IReadOnlyList<IReadOnlyList<string>> references, string name = "")
        : base(name)
    {
        _sources = Checked(sources, nameof(sources));
        GenerationScores.ThrowIfUnfit(sources, references);
        _references = references;
    }

    /// <summary>Gets the sources.</summary>
    public IReadOnlyList<string> Sources => _sources;

    /// <summary>Gets the references of each source.</summary>
    public IReadOnlyList<IReadOnlyList<string>> References => _references;

    /// <summary>Gets the options of generation; those of the model by default.</summary>
    public GenerateOptions Generating { get; init; } = GenerateOptions.Default;

    /// <summary>Gets the number of beams, in place of that of the options; <see langword="null"/>, the default, for theirs.</summary>
    public int? NumBeams { get; init; }

    /// <summary>Gets the settings of ROUGE; words without stemming by default.</summary>
    public Rouge Rouge { get; init; } = new();

    /// <summary>Creates an evaluator of the rows of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="columns">
    /// The column of the sources and those of the references; <see langword="null"/> for the first two of the file.
    /// </param>
    /// <param name="first">The number of rows to evaluate; <see langword="null"/> for all.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics; empty for none.</param>
    /// <param name="numBeams">The number of beams; <see langword="null"/> for that of the model.</param>
    /// <param name="rouge">The settings of ROUGE; <see langword="null"/> for words without stemming.</param>
    /// <param name="primaryMetric">The metric by which models are compared; <see langword="null"/> for <c>chrf</c>.</param>
    /// <exception cref="DatasetException">The file cannot be read, or has fewer than two columns.</exception>
    /// <exception cref="EvaluationDataException">There is no row.</exception>
    public static GenerationEvaluator Load(
        string file, IReadOnlyList<string>? columns = null, int? first = null, string name = "", int? numBeams = null, Rouge? rouge = null,
        string? primaryMetric = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        columns ??= [.. EvaluationFile.ColumnNames(file).Take(2)];
        if (columns.Count < 2)
        {
            throw new DatasetException(file, null, "a column of sources and one or more of references are needed; name them.");
        }

        Example[] rows = [.. new DatasetReader(file, new ColumnMapping(columns)).Take(first ?? int.MaxValue)];
        return new([.. rows.Select(row => row.Texts[0])], [.. rows.Select(row => row.Texts.Skip(1).ToArray())], name)
        {
            PrimaryMetric = primaryMetric,
            NumBeams = numBeams,
            Rouge = rouge ?? new Rouge(),
        };
    }

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(SequenceToSequenceModel model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var config = Generating.Generation ?? model.Config.Generation;
        var options = Generating with { Generation = config with { NumBeams = NumBeams ?? config.NumBeams } };
        var generated = model.Generate(_sources, options, null, cancellationToken);
        var metrics = new OrderedDictionary<string, double>(
            GenerationScores.Of([.. generated.Select(text => text.Text)], _references, Rouge));
        var loss = Loss(model, cancellationToken);
        metrics["loss"] = loss;
        metrics["negative_loss"] = -loss;
        return Result(metrics, "chrf");
    }

    // The mean over all tokens of the first references.
    private double Loss(SequenceToSequenceModel model, CancellationToken cancellationToken)
    {
        var (sum, count) = (0.0, 0);
        foreach (var rows in Enumerable.Range(0, _sources.Count).Chunk(BatchSize))
        {
            string[] targets = [.. rows.Select(row => _references[row][0])];
            using var run = new Computation(cancellationToken: cancellationToken);
            var input = new ModelInput([.. rows.Select(row => _sources[row])]) { Pairs = targets, Prompt = Generating.Prompt ?? "" };
            var logits = model.Forward(run, input).Value; // [tokens × vocabulary]
            foreach (var loss in run.CrossEntropyOfLogits(logits, [.. model.TokenizeTargets(targets).SelectMany(ids => ids)]).Values)
            {
                sum += loss;
            }

            count += logits.Rows;
        }

        return sum / count;
    }
}
