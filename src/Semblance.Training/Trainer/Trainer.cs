using System.Diagnostics;
using Semblance.Checkpoints;
using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Trains a model on one or several data sets, each with its own loss.</summary>
/// <remarks>
/// Each step runs the forward and backward pass of its batches and updates the parameters with the optimizer. Interrupted training, even by
/// a killed process, resumes from its checkpoint with bit-identical results.
/// </remarks>
public sealed class Trainer
{
    private readonly ITrainableModel _model;
    private readonly IReadOnlyList<TrainingDataset> _datasets;
    private readonly BatchSampler _sampler;
    private readonly TrainerOptions _options;
    private readonly Evaluator? _evaluator;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Optimizer _optimizer;
    private readonly TrainingWatch _watch = new();
    private readonly Stopwatch _clock = new();
    private OrderedDictionary<string, string>? _fingerprint;
    private TimeSpan _before;
    private AveragedWeights? _averaged;

    /// <summary>Initializes a new instance of the <see cref="Trainer"/> class.</summary>
    /// <param name="model">
    /// The model, from <see cref="Encoder{TSelf}.LoadTrainable"/> or <see cref="CrossEncoder.Create"/>; training changes it in place.
    /// </param>
    /// <param name="datasets">The data sets.</param>
    /// <param name="sampler">The sampler, which selects the data set and the rows of each batch.</param>
    /// <param name="optimizer">
    /// A function that creates the optimizer of all parameters, including those of the losses. Parameters that it leaves out are frozen:
    /// they have no gradients and are not written to checkpoints.
    /// </param>
    /// <param name="options">The training options.</param>
    /// <param name="evaluator">The evaluator that selects the best model; <see langword="null"/> to keep the last.</param>
    /// <exception cref="ArgumentException">
    /// There is no data set, an option is not valid, or the model computes in another type than float32.
    /// </exception>
    public Trainer(
        ITrainableModel model,
        IReadOnlyList<TrainingDataset> datasets,
        BatchSampler sampler,
        Func<IReadOnlyList<Parameter>, Optimizer> optimizer,
        TrainerOptions options,
        Evaluator? evaluator = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(datasets);
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        if (model.Compute != ComputeType.Float32)
        {
            throw new ArgumentException(
                $"The model was loaded to compute in {model.Compute}, but training computes in Float32; load it with LoadTrainable.",
                nameof(model));
        }

        if (datasets.Count == 0)
        {
            throw new ArgumentException("The list of data sets is empty; training needs at least one.", nameof(datasets));
        }

        foreach (var dataset in datasets)
        {
            _ = ModelOf(model, dataset);
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.Steps, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AccumulationSteps, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Averaging?.Every ?? 1, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Unfreezing?.Every ?? 1, 1, nameof(options));
        if (options is { Averaging: not null, RankAllocator: not null })
        {
            throw new ArgumentException(
                "The parameters of AdaLoRA cannot be averaged over the steps, as the ranks that are cut differ from step to step.",
                nameof(options));
        }

        (_model, _datasets, _sampler, _options, _evaluator) = (model, datasets, sampler, options, evaluator);
        Parameter[] parameters =
        [
            .. model.Parameters(),
            .. datasets.SelectMany(
                (dataset, i) => dataset.Loss.Parameters().Select(parameter => parameter with { Name = $"loss.{i}.{parameter.Name}" })),
        ];
        _optimizer = optimizer(parameters);
        var trained = _optimizer.Parameters.Select(parameter => parameter.Value).ToHashSet();
        foreach (var parameter in parameters)
        {
            parameter.IsTrained = trained.Contains(parameter.Value);
        }

        _parameters = [.. parameters.Where(parameter => parameter.IsTrained)];
    }

    /// <summary>Gets the number of steps that have been taken, including those of earlier runs that this one resumes.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// Gets the duration of these steps in all runs, including evaluations and checkpoints. Steps after the last checkpoint of a killed run
    /// are repeated and counted once.
    /// </summary>
    public TimeSpan Elapsed => _before + _clock.Elapsed;

    /// <summary>
    /// Returns the differences between this training and the training of the folder's checkpoint; empty if there is no checkpoint, or if it
    /// has no fingerprint (<see cref="TrainingCheckpoint.Fingerprint"/>).
    /// </summary>
    /// <exception cref="CheckpointFormatException">The file is not a checkpoint of a training.</exception>
    public IReadOnlyList<TrainingChange> FindChanges() =>
        _options.Folder is { } folder && TrainingCheckpoint.Fingerprint(folder) is { } before
            ? TrainingFingerprint.Compare(before, Fingerprint, _options.Fingerprint)
            : [];

    /// <summary>Trains until the last step, or until evaluations stop improving.</summary>
    /// <param name="resume">
    /// <see langword="true"/> to resume from the folder's checkpoint if it has one; otherwise, <see langword="false"/>.
    /// </param>
    /// <param name="progress">Receives progress after each step.</param>
    /// <param name="cancellationToken">
    /// The token that cancels the operation. A checkpoint of the last complete step is written first.
    /// </param>
    /// <returns>The best score of an evaluation; negative infinity without evaluations.</returns>
    /// <exception cref="TrainingException">The loss or the gradient is not finite.</exception>
    /// <exception cref="TrainingChangedException">
    /// Data or settings differ from those of the checkpoint, and <see cref="TrainerOptions.AllowChanges"/> is <see langword="false"/>.
    /// </exception>
    /// <exception cref="CheckpointFormatException">The file is not a checkpoint, or it belongs to another model.</exception>
    public double Train(bool resume = false, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default)
    {
        _clock.Restart();
        _averaged = _options.Averaging is { } averaging ? new AveragedWeights(averaging, _parameters) : null;
        var state = resume && _options.Folder is not null ? Resume(_options.Folder) : TrainingState.Beginning;
        (Steps, _before) = (state.Steps, state.Elapsed);
        ClearGradients(); // a step that was canceled leaves gradients
        using var batches = new BatchStream(_sampler, state.Position);
        try
        {
            while (state.Steps < _options.Steps && !(state.WithoutBetter >= _options.Patience))
            {
                state = Step(state, batches, progress, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            SaveCheckpoint(state); // parameters change only at the end of a step
            throw;
        }

        _averaged?.Swap(); // for good
        if (_evaluator is null || !_options.KeepBest)
        {
            Save();
        }

        _clock.Stop();
        return state.BestScore;
    }

    private OrderedDictionary<string, string> Fingerprint =>
        _fingerprint ??= TrainingFingerprint.Of(_datasets, _sampler, _optimizer, _options);

    private TrainingState Resume(string folder)
    {
        var changes = FindChanges();
        if (changes.Count > 0 && !_options.AllowChanges)
        {
            throw new TrainingChangedException(folder, changes);
        }

        var state = TrainingCheckpoint.Load(folder, _parameters, LoadState);
        var hasOtherBatches = changes.Any(
            change => change.Name.StartsWith(TrainingFingerprint.Data, StringComparison.Ordinal)
                || change.Name == TrainingFingerprint.Batches);
        return hasOtherBatches && state.Position.Batches > 0
            ? state with { Position = new SamplerPosition(state.Position.Epoch + 1, 0) }
            : state;
    }

    private TrainingState Step(
        TrainingState state, BatchStream batches, IProgress<TrainingStep>? progress, CancellationToken cancellationToken)
    {
        var step = state.Steps;
        _options.Unfreezing?.Apply(step, _parameters);
        Tensor? vectors = null;
        var (right, labels) = (0, 0);
        var (loss, dataset, rows) = Accumulate(
            batches, step, made => vectors = Tensor.From(made.Values, made.Shape),
            (predicted, all) => (right, labels) = (right + predicted, labels + all), cancellationToken);
        loss += _options.RankAllocator?.AddOrthogonality() ?? 0;
        var norm = Update(step, loss);
        _averaged?.Update(step + 1);
        state = state with { Steps = step + 1, Position = batches.Position };
        Steps = state.Steps;
        var isLast = state.Steps == _options.Steps;

        EvaluationResult? evaluation = null;
        if (_evaluator is not null && (IsDue(state.Steps, _options.EvaluateEvery) || isLast))
        {
            _averaged?.Swap();
            try
            {
                evaluation = _evaluator.Evaluate(_model, CancellationToken.None); // a step is always completed
                state = Judge(state, evaluation.PrimaryScore);
            }
            finally
            {
                _averaged?.Swap();
            }
        }

        if (IsDue(state.Steps, _options.CheckpointEvery) || isLast)
        {
            SaveCheckpoint(state);
        }

        var report = new TrainingStep(step, dataset, loss, norm, _options.Schedule.At(step), evaluation)
        {
            Rows = rows,
            Accuracy = labels > 0 ? (double)right / labels : null,
        };
        progress?.Report(report with { Warning = _watch.Observe(report, vectors) });
        return state;
    }

    private void SaveCheckpoint(TrainingState state)
    {
        if (_options.Folder is not null && _options.CheckpointEvery > 0)
        {
            TrainingCheckpoint.Save(
                _options.Folder, state with { Elapsed = Elapsed }, _parameters, SaveState,
                TrainingFingerprint.Join(Fingerprint, _options.Fingerprint));
        }
    }

    private void SaveState(SafetensorsWriter writer)
    {
        _optimizer.SaveState(writer);
        _averaged?.SaveState(writer);
        _options.RankAllocator?.SaveState(writer);
    }

    private void LoadState(Checkpoint checkpoint)
    {
        _optimizer.LoadState(checkpoint);
        _averaged?.LoadState(checkpoint);
        _options.RankAllocator?.LoadState(checkpoint);
    }

    // The folder holds the best model so far, ready to use.
    private TrainingState Judge(TrainingState state, double score)
    {
        if (!(score > state.BestScore))
        {
            return state with { WithoutBetter = state.WithoutBetter + 1 };
        }

        if (_options.KeepBest)
        {
            Save();
        }

        return state with { BestScore = score, WithoutBetter = 0 };
    }

    private (double Loss, string Dataset, int Rows) Accumulate(
        BatchStream batches, long step, Action<Tensor> embedded, Action<int, int> predicted, CancellationToken cancellationToken)
    {
        var sum = 0.0;
        var rows = 0;
        var dataset = _datasets[0];
        for (var i = 0; i < _options.AccumulationSteps; i++)
        {
            var batch = batches.Next();
            dataset = _datasets[batch.Dataset];
            rows += batch.Rows.Count;
            sum += dataset.Loss.Backward(new TrainingBatch(ModelOf(_model, dataset), [.. batch.Rows.Select(row => dataset.Rows[row])])
            {
                Prompts = dataset.Prompts,
                Routes = dataset.Routes,
                Scale = dataset.Weight / _options.AccumulationSteps,
                Progress = (double)step / _options.Steps,
                DropoutSeed = _options.DropoutSeed + (ulong)((step * _options.AccumulationSteps) + i),
                DropoutRate = _options.DropoutRate,
                AttentionDropoutRate = _options.AttentionDropoutRate,
                Embedded = embedded,
                Predicted = predicted,
                RecomputeActivations = _options.RecomputeActivations,
                Cancellation = cancellationToken,
            });
        }

        return (sum / _options.AccumulationSteps, dataset.Name, rows);
    }

    private void Save()
    {
        if (_options.Folder is not { } folder)
        {
            return;
        }

        if (_model is not JointModel joint)
        {
            Save(folder, _model, _datasets);
            return;
        }

        foreach (var (name, head) in joint.Heads)
        {
            Save(Path.Combine(folder, name), head, _datasets.Where(dataset => dataset.Head == name));
        }
    }

    private void Save(string folder, ITrainableModel model, IEnumerable<TrainingDataset> datasets) => ModelFiles.Save(folder, written =>
    {
        (_options.Save ?? model.Save)(written, _options.Weights);
        foreach (var dataset in datasets)
        {
            dataset.Loss.Save(model, written, _options.Weights);
        }
    });

    private static ITrainableModel ModelOf(ITrainableModel model, TrainingDataset dataset) => (model, dataset.Head) switch
    {
        (JointModel joint, { } head) when joint.Heads.TryGetValue(head, out var own) => own,
        (not JointModel, null) => model,
        var (_, head) => throw new ArgumentException(
            $"The data set '{dataset.Name}' trains {(head is null ? "no head" : $"the head '{head}'")}, and the model is a "
            + $"{model}; each data set of a joint model needs the name of one of its heads.", nameof(dataset)),
    };

    private double Update(long step, double loss)
    {
        var gradients = _optimizer.Parameters.Select(parameter => parameter.Value.Gradient).ToArray();
        var norm = GradientClipping.ByGlobalNorm(gradients, _options.MaxGradientNorm ?? double.PositiveInfinity);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new TrainingException(
                step,
                $"the loss is {loss} and the gradient norm {norm}; the learning rate {_options.Schedule.At(step):G3} is probably too high, "
                + "or a label is out of range.");
        }

        _optimizer.Step(gradients, _options.Schedule.At(step));
        _options.RankAllocator?.Update(step);
        ClearGradients();
        return norm;
    }

    private void ClearGradients()
    {
        foreach (var parameter in _parameters)
        {
            parameter.Value.ClearGradient();
        }
    }

    private static bool IsDue(long steps, long every) => every > 0 && steps % every == 0;
}
