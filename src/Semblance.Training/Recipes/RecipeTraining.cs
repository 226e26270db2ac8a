using Semblance.Transformers.Adapters;

namespace Semblance.Training.Recipes;

/// <summary>
/// Represents the training of a <see cref="Recipe"/> with its model and data loaded, from <see cref="Recipe.PrepareAsync"/>.
/// </summary>
public sealed class RecipeTraining
{
    private readonly Func<RecipeTraining, IReadOnlyList<StageResult>, TrainingSummary> _summarize;
    private readonly bool _resumes;
    private readonly List<StageResult> _evaluations = [];
    private bool _isEvaluated;

    internal RecipeTraining(
        ITrainableModel model,
        IReadOnlyList<RecipeDataset> datasets,
        IReadOnlyList<Objective> losses,
        Trainer trainer,
        TrainerOptions options,
        Evaluator? evaluator,
        bool resumes,
        Func<RecipeTraining, IReadOnlyList<StageResult>, TrainingSummary> summarize)
    {
        (Model, Datasets, Losses, Trainer, Options, Evaluator) = (model, datasets, losses, trainer, options, evaluator);
        (_resumes, _summarize) = (resumes, summarize);
    }

    /// <summary>Gets the model, which training changes in place.</summary>
    public ITrainableModel Model { get; }

    /// <summary>Gets the data sets.</summary>
    public IReadOnlyList<RecipeDataset> Datasets { get; }

    /// <summary>Gets the loss of each data set.</summary>
    public IReadOnlyList<Objective> Losses { get; }

    /// <summary>Gets the trainer.</summary>
    public Trainer Trainer { get; }

    /// <summary>Gets the options of the trainer.</summary>
    public TrainerOptions Options { get; }

    /// <summary>Gets the evaluator; <see langword="null"/> if the recipe has none.</summary>
    public Evaluator? Evaluator { get; }

    /// <summary>Gets the adapter that is trained in place of the model's parameters; <see langword="null"/> if there is none.</summary>
    public Adapter? Adapter { get; init; }

    /// <summary>Gets the warnings of the model's files.</summary>
    public IReadOnlyList<string> Warnings => WarningsOf(Model);

    private static IReadOnlyList<string> WarningsOf(ITrainableModel model) => model switch
    {
        SentenceTransformer encoder => encoder.Warnings,
        CrossEncoder crossEncoder => crossEncoder.Warnings,
        MultiVectorEncoder multiVector => multiVector.Warnings,
        SparseEncoder sparse => sparse.Warnings,
        TextClassifier classifier => classifier.Warnings,
        TokenClassifier tagger => tagger.Warnings,
        QuestionAnswerer answerer => answerer.Warnings,
        SequenceToSequenceModel generator => generator.Warnings,
        JointModel joint => [.. joint.Heads.Values.SelectMany(WarningsOf).Distinct()],
        _ => [],
    };

    /// <summary>
    /// Gets notes about the checkpoint that training resumes from, for example that another version wrote it; empty if training starts
    /// anew.
    /// </summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>();
            if (_resumes && TrainingCheckpoint.Exists(Output))
            {
                if (TrainingCheckpoint.Fingerprint(Output) is null)
                {
                    notes.Add(
                        "the checkpoint was written by an earlier version, which did not record data and settings; "
                        + "they cannot be compared");
                }

                if (TrainingCheckpoint.Version(Output) is { } version && version != TrainingCheckpoint.CurrentVersion)
                {
                    notes.Add(
                        $"the checkpoint was written by version {version}, and training resumes with version "
                        + $"{TrainingCheckpoint.CurrentVersion}");
                }
            }

            return notes;
        }
    }

    /// <summary>Gets the number of steps that were taken in earlier runs that this one resumes.</summary>
    public long FirstStep => _resumes ? TrainingCheckpoint.Steps(Output) : 0;

    private string Output => Options.Folder!;

    /// <summary>Evaluates the model before training. <see cref="RunAsync"/> calls it if it has not been called.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The metrics; <see langword="null"/> without an evaluator.</returns>
    public EvaluationResult? EvaluateBefore(CancellationToken cancellationToken = default)
    {
        if (!_isEvaluated && Evaluator?.Evaluate(Model, cancellationToken) is { } before)
        {
            _evaluations.Add(new StageResult("before training", before) { Step = 0 });
        }

        _isEvaluated = true;
        return _evaluations.FirstOrDefault()?.Result;
    }

    /// <summary>Trains and evaluates the model, and writes checkpoints, logs, model, report and model card into the folder.</summary>
    /// <param name="progress">Receives progress after each step.</param>
    /// <param name="cancellationToken">
    /// The token that cancels the operation. A checkpoint of the last complete step is written first.
    /// </param>
    /// <returns>The result.</returns>
    /// <exception cref="TrainingException">The loss or the gradient is not finite.</exception>
    /// <exception cref="TrainingChangedException">
    /// Data or settings differ from those of the checkpoint, and <see cref="RecipeRunOptions.AllowChanges"/> is <see langword="false"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was canceled.</exception>
    public async Task<RecipeResult> RunAsync(IProgress<RecipeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        EvaluateBefore(cancellationToken);
        var first = FirstStep;
        var score = await Task.Run(
            () =>
            {
                using var log = new TrainingLog(Output, first);
                using var board = new TensorBoardWriter(Output, first);
                return Trainer.Train(_resumes, new StepReporter([log, board], Options.Steps, progress), cancellationToken);
            },
            CancellationToken.None).ConfigureAwait(false);
        var steps = TrainingLog.Load(Output);
        if (steps.Select(step => step.Evaluation).OfType<EvaluationResult>().ToArray() is [.., var last] evaluations)
        {
            _evaluations.Add(
                new StageResult("trained", Options.KeepBest ? evaluations.MaxBy(evaluation => evaluation.PrimaryScore)! : last));
        }

        var summary = _summarize(this, _evaluations) with { Warnings = [.. steps.Select(step => step.Warning).OfType<TrainingWarning>()] };
        TrainingReport.Save(Output, summary);
        ModelCard.Save(Output, summary, Model);
        return new RecipeResult(Output) { Score = Evaluator is null ? null : score, Evaluations = _evaluations };
    }

    private sealed class StepReporter(IReadOnlyList<IProgress<TrainingStep>> logs, long steps, IProgress<RecipeProgress>? progress)
        : IProgress<TrainingStep>
    {
        public void Report(TrainingStep value)
        {
            foreach (var log in logs)
            {
                log.Report(value);
            }

            progress?.Report(new RecipeProgress((double)(value.Step + 1) / steps, value));
        }
    }
}
