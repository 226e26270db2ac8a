using Semblance.Checkpoints;

namespace Semblance.Training;

/// <summary>How a <see cref="Trainer"/> trains.</summary>
public sealed record TrainerOptions
{
    /// <summary>How many times the parameters change.</summary>
    public required long Steps { get; init; }

    /// <summary>The learning rate of each step.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>How many batches make up one step: their gradients are averaged.</summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>Gradients are scaled down to this length together; null leaves them.</summary>
    public double? MaxGradientNorm { get; init; } = 1;

    /// <summary>Where dropout begins; null trains without.</summary>
    public ulong? DropoutSeed { get; init; } = 42;

    /// <summary>How much is dropped wherever the model drops elements, from 0 up to but not including 1; null for what the model says.</summary>
    public float? DropoutRate { get; init; }

    /// <summary>
    /// Computes each layer of the model a second time on the way back instead of keeping what is inside (Chen et al. 2016, arXiv:1604.06174): long
    /// texts and deep models in less memory, a third more time, the same bits.
    /// </summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>Evaluates every so many steps, and at the end; 0 only at the end.</summary>
    public long EvaluateEvery { get; init; }

    /// <summary>Stops after so many evaluations without a better score; null goes on to the end.</summary>
    public int? Patience { get; init; }

    /// <summary>Writes the model whenever an evaluation finds it better than before; false writes the last one, at the end.</summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Where checkpoints and the best model are written; null writes nothing.</summary>
    public string? Folder { get; init; }

    /// <summary>The type that the model's weights are written in; <see cref="DType.F16"/> halves the file. Checkpoints are float32 always.</summary>
    public DType Weights { get; init; } = DType.F32;

    /// <summary>
    /// What must be the same when the training goes on from a checkpoint, beside what the trainer itself compares (data, losses, batches, optimiser, its options):
    /// names and values, such as settings of the model or the hash of a file. Empty by default.
    /// </summary>
    public IReadOnlyDictionary<string, string> Fingerprint { get; init; } = new Dictionary<string, string>();

    /// <summary>Goes on from a checkpoint although data or settings differ; false refuses with a <see cref="TrainingChangedException"/>. Where the batches differ, the next epoch begins.</summary>
    public bool AllowChanges { get; init; }

    /// <summary>Writes a checkpoint every so many steps, at the end and when training is stopped; 0 none.</summary>
    public long CheckpointEvery { get; init; }
}
