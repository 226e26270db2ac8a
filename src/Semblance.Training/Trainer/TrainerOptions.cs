using Semblance.Checkpoints;
using Semblance.Transformers.Adapters;

namespace Semblance.Training;

/// <summary>Represents the options of a <see cref="Trainer"/>.</summary>
public sealed record TrainerOptions
{
    /// <summary>Gets the number of training steps: updates of the parameters.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the learning rate schedule.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>Gets the number of gradient accumulation steps: batches whose gradients are averaged for one step; 1 by default.</summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// Gets the maximum norm of the gradients, to which larger gradients are scaled down; 1 by default, <see langword="null"/> for no
    /// clipping.
    /// </summary>
    public double? MaxGradientNorm { get; init; } = 1;

    /// <summary>Gets the random seed of dropout; 42 by default, <see langword="null"/> for no dropout.</summary>
    public ulong? DropoutSeed { get; init; } = 42;

    /// <summary>
    /// Gets the dropout probability, from 0 up to but not including 1, in place of the model's own; <see langword="null"/>, the default,
    /// for the model's own.
    /// </summary>
    public float? DropoutRate { get; init; }

    /// <summary>
    /// Gets the dropout probability of attention weights, in place of <see cref="DropoutRate"/> and of the model's own;
    /// <see langword="null"/>, the default, for none of its own.
    /// </summary>
    public float? AttentionDropoutRate { get; init; }

    /// <summary>
    /// Gets the averaging of the trained parameters over the steps; <see langword="null"/>, the default, for none. The averages are
    /// evaluated and written, and are the model's parameters after the last step.
    /// </summary>
    public WeightAveraging? Averaging { get; init; }

    /// <summary>Gets the gradual unfreezing of the layers; <see langword="null"/>, the default, to train all from the beginning.</summary>
    public GradualUnfreezing? Unfreezing { get; init; }

    /// <summary>
    /// Gets the allocator of the ranks of an AdaLoRA adapter, which adds its loss to each step; <see langword="null"/>, the default, for
    /// none.
    /// </summary>
    public RankAllocator? RankAllocator { get; init; }

    /// <summary>
    /// Gets a value that indicates whether each layer's activations are recomputed in the backward pass instead of being kept (gradient
    /// checkpointing; Chen et al. 2016, arXiv:1604.06174): less memory for long texts and deep models, a third more time, bit-identical
    /// results. <see langword="false"/> by default.
    /// </summary>
    public bool RecomputeActivations { get; init; }

    /// <summary>Gets the number of steps between evaluations, which are also run at the end; 0, the default, for the end only.</summary>
    public long EvaluateEvery { get; init; }

    /// <summary>
    /// Gets the number of evaluations without a better score after which training stops; <see langword="null"/>, the default, to never stop
    /// early.
    /// </summary>
    public int? Patience { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the model is written each time an evaluation finds it better than before, instead of once at the
    /// end; <see langword="true"/> by default.
    /// </summary>
    public bool KeepBest { get; init; } = true;

    /// <summary>Gets the folder for checkpoints and the best model; <see langword="null"/>, the default, to write nothing.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Gets the action that writes the model into the folder with the given path, which is put in place afterwards;
    /// <see langword="null"/>, the default, for the model's own <see cref="ITrainableModel.Save"/>.
    /// </summary>
    public Action<string, DType>? Save { get; init; }

    /// <summary>
    /// Gets the data type of the written model; <see cref="DType.F16"/> halves the file size. Checkpoints are always float32.
    /// </summary>
    public DType Weights { get; init; } = DType.F32;

    /// <summary>
    /// Gets the names and values that must be unchanged when training resumes from a checkpoint, such as settings of the model or the hash
    /// of a file; empty by default. The trainer itself compares data, losses, batches, optimizer and its options.
    /// </summary>
    public IReadOnlyDictionary<string, string> Fingerprint { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Gets a value that indicates whether training resumes from a checkpoint although data or settings differ, instead of throwing a
    /// <see cref="TrainingChangedException"/>; <see langword="false"/> by default. If the batches differ, the next epoch begins.
    /// </summary>
    public bool AllowChanges { get; init; }

    /// <summary>
    /// Gets the number of steps between checkpoints, which are also written at the end and on cancellation; 0, the default, for none.
    /// </summary>
    public long CheckpointEvery { get; init; }
}
