namespace Semblance.Training.Recipes;

/// <summary>Represents the training of a <see cref="Recipe"/> with its model and data loaded, from <see cref="Recipe.PrepareAsync"/>.</summary>
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

    /// <summary>Gets the evaluator; null where the recipe has none.</summary>
    public Evaluator? Evaluator { get; }

    /// <summary>Gets the warnings of the model's files.</summary>
    public IReadOnlyList<string> Warnings => Model switch
    {
        SentenceTransformer encoder => encoder.Warnings,
        CrossEncoder crossEncoder => crossEncoder.Warnings,
        _ => [],
    };

    /// <summary>Gets what is to be known of the checkpoint that training goes on from, such as that another version wrote it; empty where it begins anew.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>();
            if (_resumes && TrainingCheckpoint.Exists(Output))
            {
                if (TrainingCheckpoint.Fingerprint(Output) is null)
                {
                    notes.Add("the checkpoint is of an earlier version and does not say what it was trained with; whether data or settings differ cannot be told");
                }

                if (TrainingCheckpoint.Version(Output) is { } version && version != TrainingCheckpoint.CurrentVersion)
                {
                    notes.Add($"the checkpoint was written by version {version}, and goes on with version {TrainingCheckpoint.CurrentVersion}");
                }
            }

            return notes;
        }
    }

    /// <summary>Gets the number of steps that were taken before, in the run that this one goes on from.</summary>
    public long FirstStep => _resumes ? TrainingCheckpoint.Steps(Output) : 0;

    private string Output => Options.Folder!;

    /// <summary>Evaluates the model before training. <see cref="RunAsync"/> does so where it has not been done.</summary>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The metrics; null without an evaluator.</returns>
    public EvaluationResult? EvaluateBefore(CancellationToken cancellationToken = default)
    {
        if (!_isEvaluated && Evaluator?.Evaluate(Model, cancellationToken) is { } before)
        {
            _evaluations.Add(new StageResult("before training", before));
        }

        _isEvaluated = true;
        return _evaluations.FirstOrDefault()?.Result;
    }

    /// <summary>Trains and evaluates the model, and writes checkpoints, logs, model, report and model card into the folder.</summary>
    /// <param name="progress">Receives progress after each step.</param>
    /// <param name="cancellationToken">The token that cancels the operation, with a checkpoint of the last whole step.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="TrainingException">The loss or the gradient is not a finite number.</exception>
    /// <exception cref="TrainingChangedException">Data or settings differ from those of the checkpoint, and <see cref="RecipeRunOptions.AllowChanges"/> is not set.</exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
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
            _evaluations.Add(new StageResult("trained", Options.KeepBest ? evaluations.MaxBy(evaluation => evaluation.PrimaryScore)! : last));
        }

        var summary = _summarize(this, _evaluations) with { Warnings = [.. steps.Select(step => step.Warning).OfType<TrainingWarning>()] };
        TrainingReport.Save(Output, summary);
        ModelCard.Save(Output, summary, Model);
        return new RecipeResult(Output) { Score = Evaluator is null ? null : score, Evaluations = _evaluations };
    }

    private sealed class StepReporter(IReadOnlyList<IProgress<TrainingStep>> logs, long steps, IProgress<RecipeProgress>? progress) : IProgress<TrainingStep>
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
