namespace Semblance.Training;

/// <summary>Represents a finished training, as input of <see cref="TrainingReport"/> and <see cref="ModelCard"/>.</summary>
public sealed record TrainingSummary
{
    /// <summary>Gets the name of the model, as on the Hub: <c>acme/parcels-small</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the base model, a Hub id or a folder; <see langword="null"/> for a randomly initialized model.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Gets the languages of the texts, as codes such as <c>en</c> and <c>zh</c>; empty if unknown.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>
    /// Gets the license of the model as an SPDX identifier, such as <c>Apache-2.0</c>; <see langword="null"/> if not given.
    /// </summary>
    public string? License { get; init; }

    /// <summary>Gets the data sets.</summary>
    public required IReadOnlyList<DatasetSummary> Datasets { get; init; }

    /// <summary>Gets the names and values of the hyperparameters, in the order of the report.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];

    /// <summary>Gets the results of evaluations, in order; the last value of a metric is that of the trained model.</summary>
    public IReadOnlyList<StageResult> Results { get; init; } = [];

    /// <summary>Gets the warnings of the training.</summary>
    public IReadOnlyList<TrainingWarning> Warnings { get; init; } = [];

    /// <summary>Gets the number of training steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the duration of the training.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the time at which the training ended, or <see langword="null"/> if unknown.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Gets the environment. The default is this machine.</summary>
    public MachineSummary Machine { get; init; } = MachineSummary.Current;
}
