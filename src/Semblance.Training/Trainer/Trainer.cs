namespace Semblance.Training;

/// <summary>
/// Trains a model on one or several data sets, each with its own loss: batch by batch forward, back, and a step of the
/// optimiser. A training that was stopped, also by a kill, goes on from its checkpoint with the same bits as if it never had.
/// </summary>
public sealed class Trainer
{
    private readonly SentenceTransformer _model;
    private readonly IReadOnlyList<TrainingDataset> _datasets;
    private readonly BatchSampler _sampler;
    private readonly TrainerOptions _options;
    private readonly Evaluator? _evaluator;
    private readonly IReadOnlyList<NamedParameter> _parameters;
    private readonly Optimizer _optimizer;

    /// <summary>Puts a training together.</summary>
    /// <param name="model">The model, from <see cref="SentenceTransformer.LoadTrainable"/>; it is changed in place.</param>
    /// <param name="datasets">The data sets.</param>
    /// <param name="sampler">Which rows make up each batch, and of which data set.</param>
    /// <param name="optimizer">Makes the optimiser of all parameters, those of the losses among them.</param>
    /// <param name="options">How to train.</param>
    /// <param name="evaluator">Tells a better model from a worse one; null keeps the last.</param>
    /// <exception cref="ArgumentException">There is no data set, or an option does not fit.</exception>
    public Trainer(
        SentenceTransformer model,
        IReadOnlyList<TrainingDataset> datasets,
        BatchSampler sampler,
        Func<IReadOnlyList<NamedParameter>, Optimizer> optimizer,
        TrainerOptions options,
        Evaluator? evaluator = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(datasets);
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(options);
        if (datasets.Count == 0)
        {
            throw new ArgumentException("There is nothing to train on: the list of data sets is empty.", nameof(datasets));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.Steps, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AccumulationSteps, 1, nameof(options));
        (_model, _datasets, _sampler, _options, _evaluator) = (model, datasets, sampler, options, evaluator);
        _parameters =
        [
            .. model.Parameters().Select(parameter => new NamedParameter(parameter.Key, parameter.Value)),
            .. datasets.SelectMany((dataset, i) => dataset.Loss.Parameters().Select(parameter => new NamedParameter($"loss.{i}.{parameter.Key}", parameter.Value))),
        ];
        foreach (var parameter in _parameters)
        {
            parameter.Value.RequiresGradient = true;
        }

        _optimizer = optimizer(_parameters);
    }

    /// <summary>Trains to the end, or until the evaluations no longer get better.</summary>
    /// <param name="resume">Goes on from the folder's checkpoint, if it has one.</param>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellation">Stops between two operations; the last checkpoint stays.</param>
    /// <returns>The best score of an evaluation; minus infinity without one.</returns>
    /// <exception cref="TrainingException">The loss or the gradient is no longer a number.</exception>
    public double Train(bool resume = false, IProgress<TrainingStep>? progress = null, CancellationToken cancellation = default)
    {
        var state = resume && _options.Folder is not null ? TrainingCheckpoint.Load(_options.Folder, _parameters, _optimizer) : TrainingState.Beginning;
        ClearGradients(); // a training that was stopped within a step left some
        using var batches = new BatchStream(_sampler, state.Position);
        while (state.Steps < _options.Steps && !(state.WithoutBetter >= _options.Patience))
        {
            var step = state.Steps;
            var (loss, dataset) = Accumulate(batches, step, cancellation);
            var norm = Update(step, loss);
            state = state with { Steps = step + 1, Position = batches.Position };

            EvaluationResult? evaluation = null;
            if (_evaluator is not null && (IsDue(state.Steps, _options.EvaluateEvery) || state.Steps == _options.Steps))
            {
                evaluation = _evaluator.Evaluate(_model, cancellation);
                state = Judge(state, evaluation.PrimaryScore);
            }

            if (_options.Folder is not null && IsDue(state.Steps, _options.CheckpointEvery))
            {
                TrainingCheckpoint.Save(_options.Folder, state, _parameters, _optimizer);
            }

            progress?.Report(new TrainingStep(step, dataset, loss, norm, _options.Schedule.At(step), evaluation));
        }

        if (_evaluator is null)
        {
            Save();
        }

        return state.BestScore;
    }

    // The best model so far lies in the folder, ready to be used.
    private TrainingState Judge(TrainingState state, double score)
    {
        if (!(score > state.BestScore))
        {
            return state with { WithoutBetter = state.WithoutBetter + 1 };
        }

        Save();
        return state with { BestScore = score, WithoutBetter = 0 };
    }

    private (double Loss, string Dataset) Accumulate(BatchStream batches, long step, CancellationToken cancellation)
    {
        var sum = 0.0;
        var dataset = _datasets[0];
        for (var i = 0; i < _options.AccumulationSteps; i++)
        {
            var batch = batches.Next();
            dataset = _datasets[batch.Dataset];
            sum += dataset.Loss.Backward(new TrainingBatch(_model, [.. batch.Rows.Select(row => dataset.Rows[row])])
            {
                Prompts = dataset.Prompts,
                Scale = dataset.Weight / _options.AccumulationSteps,
                DropoutSeed = _options.DropoutSeed + (ulong)((step * _options.AccumulationSteps) + i),
                RecomputeActivations = _options.RecomputeActivations,
                Cancellation = cancellation,
            });
        }

        return (sum / _options.AccumulationSteps, dataset.Name);
    }

    private void Save()
    {
        if (_options.Folder is not null)
        {
            _model.Save(_options.Folder);
            foreach (var dataset in _datasets)
            {
                dataset.Loss.Save(_model, _options.Folder);
            }
        }
    }

    private double Update(long step, double loss)
    {
        var gradients = _optimizer.Parameters.Select(parameter => parameter.Value.Gradient).ToArray();
        var norm = GradientClipping.ByGlobalNorm(gradients, _options.MaxGradientNorm ?? double.PositiveInfinity);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new TrainingException(
                step, $"the loss is {loss} and the gradient's length {norm}; the learning rate {_options.Schedule.At(step):G3} is probably too high, or a label is out of range.");
        }

        _optimizer.Step(gradients, _options.Schedule.At(step));
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
