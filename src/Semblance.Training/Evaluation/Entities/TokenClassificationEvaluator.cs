namespace Semblance.Training;

/// <summary>
/// Evaluates a token classifier on sentences with tags: precision, recall and F1 of whole entities by the rules of seqeval.
/// </summary>
/// <remarks>
/// Metrics: <c>precision</c>, <c>recall</c>, <c>f1</c>, the primary one, <c>f1_macro</c> and <c>accuracy</c> of the words.
/// </remarks>
public sealed class TokenClassificationEvaluator : TaskEvaluator<TokenClassifier>
{
    private readonly IReadOnlyList<TaggedSentence> _sentences;

    /// <summary>Initializes a new instance of the <see cref="TokenClassificationEvaluator"/> class with its sentences.</summary>
    /// <param name="sentences">The sentences.</param>
    /// <param name="name">The name of the data set, the prefix of the metrics; empty for none.</param>
    /// <exception cref="EvaluationDataException">There is no sentence.</exception>
    public TokenClassificationEvaluator(IReadOnlyList<TaggedSentence> sentences, string name = "")
        : base(name) => _sentences = Checked(sentences, nameof(sentences));

    /// <summary>
    /// Gets the scheme that entities must follow exactly (strict mode); <see langword="null"/>, the default, for the rules of CoNLL.
    /// </summary>
    public TagScheme? Scheme { get; init; }

    /// <summary>Gets the options of the model; the defaults by default.</summary>
    public TagOptions Tagging { get; init; } = TagOptions.Default;

    /// <inheritdoc/>
    public override EvaluationResult Evaluate(TokenClassifier model, CancellationToken cancellationToken = default)
    {
        var report = Report(model, cancellationToken);
        return Result(
            new OrderedDictionary<string, double>
            {
                ["precision"] = report.MicroAverage.Precision,
                ["recall"] = report.MicroAverage.Recall,
                ["f1"] = report.MicroAverage.F1,
                ["f1_macro"] = report.MacroAverage.F1,
                ["accuracy"] = report.Accuracy,
            },
            "f1");
    }

    /// <summary>Evaluates a model and returns the scores of each type of entity.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public EntityReport Report(TokenClassifier model, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var predictions = model.TagWords([.. _sentences.Select(sentence => sentence.Words)], Tagging, null, cancellationToken);
        return EntityReport.Of([.. _sentences.Select(sentence => sentence.Tags)], predictions, Scheme);
    }
}
