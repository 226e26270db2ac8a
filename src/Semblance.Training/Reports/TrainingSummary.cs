namespace Semblance.Training;

/// <summary>What there is to say about a finished training: what <see cref="TrainingReport"/> and <see cref="ModelCard"/> are made of.</summary>
public sealed record TrainingSummary
{
    /// <summary>The model's name, as on the Hub: <c>acme/parcels-small</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The model that training began from, a Hub id or a folder; null for random weights.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The languages of its texts, as codes such as <c>en</c> and <c>zh</c>; empty where not known.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>The model's licence as an SPDX identifier, such as <c>Apache-2.0</c>; null where not given.</summary>
    public string? Licence { get; init; }

    /// <summary>What was trained on.</summary>
    public required IReadOnlyList<DatasetSummary> Datasets { get; init; }

    /// <summary>Names and values of the hyper-parameters, in the order that they are shown in.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];

    /// <summary>What was measured, in order: of a metric that several stages have, the last is the model's.</summary>
    public IReadOnlyList<StageResult> Results { get; init; } = [];

    /// <summary>What went wrong on the way.</summary>
    public IReadOnlyList<TrainingWarning> Warnings { get; init; } = [];

    /// <summary>How many steps were taken.</summary>
    public required long Steps { get; init; }

    /// <summary>How long they took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>When training ended; null where not known.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>What it ran on; by default this machine.</summary>
    public MachineSummary Machine { get; init; } = MachineSummary.Current;
}
