using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Semblance.Training;

/// <summary>
/// Computes the fingerprint of a training: the rows and losses of its data sets, its batches, its optimizer and its options, by name.
/// </summary>
/// <remarks>
/// Values that can change when training resumes are left out: the number of steps (and with it a schedule's warm-up), evaluations,
/// checkpoints, files, threads.
/// </remarks>
internal static class TrainingFingerprint
{
    private const int HashDigits = 16;
    private const int BatchesLookedAt = 8;

    /// <summary>The prefixes of the fields that determine the batches.</summary>
    public const string Data = "data set ", Batches = "batches";

    public static OrderedDictionary<string, string> Of(
        IReadOnlyList<TrainingDataset> datasets, BatchSampler sampler, Optimizer optimizer, TrainerOptions options)
    {
        var fields = new OrderedDictionary<string, string>();
        for (var i = 0; i < datasets.Count; i++)
        {
            var dataset = datasets[i];
            fields[$"{Data}{i + 1}"] = Invariant($"{dataset.Name}, {dataset.Rows.Count} rows, SHA-256 {HashOf(dataset.Rows)}");
            fields[$"{Data}{i + 1}, loss"] = Invariant($"{dataset.Loss.Name}, weight {dataset.Weight}");
            fields[$"{Data}{i + 1}, prompts and routes"] = string.Join(
                " | ", dataset.Prompts.Concat(dataset.Routes.Select(route => route ?? "")));
        }

        fields[Batches] = HashOf(sampler);
        var groups = optimizer.Groups.Select(group => Invariant($"weight decay {group.WeightDecay}, rate × {group.LearningRateFactor}"));
        fields["optimizer and groups"] = $"{optimizer.GetType().Name}: {string.Join("; ", groups)}";
        fields["learning rate"] = Invariant($"{options.Schedule.Rate}, {options.Schedule.GetType().Name}");
        fields["accumulation steps"] = Invariant($"{options.AccumulationSteps}");
        fields["gradient clip"] = Invariant($"{options.MaxGradientNorm}");
        fields["dropout seed and probability"] = Invariant($"seed {options.DropoutSeed}, probability {options.DropoutRate}")
            + (options.AttentionDropoutRate is { } rate ? Invariant($", of attention {rate}") : "");
        fields["averaging"] = options.Averaging is { } mean
            ? Invariant($"decay {mean.Decay}, after {mean.After}, every {mean.Every}") : "none";
        fields["unfreezing"] = options.Unfreezing is { } gradual ? Invariant($"every {gradual.Every}") : "none";
        return fields;
    }

    /// <summary>
    /// Returns the differences of two fingerprints. A field of the trainer that the older one lacks was added by a later version, and is
    /// not compared.
    /// </summary>
    public static List<TrainingChange> Compare(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> added)
    {
        var all = Join(own, added);
        var changes = new List<TrainingChange>();
        foreach (var (name, now) in all)
        {
            var was = before.GetValueOrDefault(name);
            if (was != now && (was is not null || added.ContainsKey(name)))
            {
                changes.Add(new TrainingChange(name, was, now));
            }
        }

        changes.AddRange(
            before.Where(field => !all.ContainsKey(field.Key)).Select(field => new TrainingChange(field.Key, field.Value, null)));
        return changes;
    }

    /// <summary>Returns the trainer's own fields and the added ones, which replace own fields of the same name.</summary>
    public static OrderedDictionary<string, string> Join(IReadOnlyDictionary<string, string> own, IReadOnlyDictionary<string, string> added)
    {
        var all = new OrderedDictionary<string, string>(own);
        foreach (var (name, value) in added)
        {
            all[name] = value;
        }

        return all;
    }

    private static string HashOf(BatchSampler sampler)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var first = 0;
        foreach (var batch in sampler.Batches(0).Take(BatchesLookedAt))
        {
            first = first == 0 ? batch.Rows.Count : first;
            Add(hash, batch.Dataset, batch.Rows.Count);
            Add(hash, [.. batch.Rows]);
        }

        return Invariant($"{sampler.GetType().Name}, seed {sampler.Seed}, the first of {first} rows, SHA-256 {End(hash)}");
    }

    private static string HashOf(IReadOnlyList<Example> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows)
        {
            Add(hash, row.Texts.Count);
            foreach (var text in row.Texts)
            {
                Add(hash, text.Length);
                hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
            }

            Add(hash, row.Label ?? int.MinValue, row.Score is { } score ? BitConverter.SingleToInt32Bits(score) : int.MinValue);
            foreach (var target in row.Targets ?? [])
            {
                Add(hash, BitConverter.SingleToInt32Bits(target));
            }

            foreach (var span in row.Spans ?? [])
            {
                Add(hash, span.Start, span.Length, span.Label);
            }
        }

        return End(hash);
    }

    private static void Add(IncrementalHash hash, params ReadOnlySpan<int> numbers) => hash.AppendData(MemoryMarshal.AsBytes(numbers));

    private static string End(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
