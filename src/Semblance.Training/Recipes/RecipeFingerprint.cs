using System.Globalization;
using System.Security.Cryptography;

namespace Semblance.Training.Recipes;

/// <summary>
/// Computes the fingerprint of a recipe: the settings, with their defaults, and the files that must be unchanged when its training resumes.
/// </summary>
internal static class RecipeFingerprint
{
    private const int HashDigits = 16;

    // Settings that can change: the output, the length of the training and the evaluation schedule. A learning rate schedule follows the
    // number of steps.
    private static readonly string[] Free =
        ["output", "steps", "epochs", "checkpoint-every", "patience", "keep", "weights", "evaluate.every"];

    // Names and paths of files: the trainer compares the rows themselves.
    private static readonly string[] FreeKeys = ["files", "file", "source"];

    // The files of evaluations.
    private static readonly string[] Evaluated = ["file", "corpus", "queries", "qrels", "train", "test", "dev"];

    private static readonly (string Key, string Value)[] Defaults =
        [("accumulation", "1"), ("gradient-clip", "1"), ("mixing", "proportional"), ("schedule", "linear"), ("optimizer", "AdamW")];

    /// <summary>Returns the settings and files by name.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="seed">Its random seed.</param>
    /// <param name="data">The folder that paths of data are relative to.</param>
    /// <param name="model">The folder of the initial model; <see langword="null"/> for a new one, or if the training overwrites it.</param>
    public static Dictionary<string, string> Of(RecipeNode recipe, int seed, string data, string? model)
    {
        var settings = recipe.Settings().Where(setting => !IsFree(setting.Key)).ToDictionary(
            setting => setting.Key, setting => Value(setting.Value));
        settings["seed"] = seed.ToString(CultureInfo.InvariantCulture);
        foreach (var (key, value) in Defaults.Where(usual =>
            !settings.Keys.Any(key => key == usual.Key || key.StartsWith(usual.Key + ".", StringComparison.Ordinal))))
        {
            settings[key] = value;
        }

        foreach (var (key, value) in recipe.Settings())
        {
            var last = key[(key.LastIndexOf('.') + 1)..];
            if (IsEvaluated(key) && File.Exists(Path.Combine(data, value)))
            {
                settings[key] = HashOf([Path.Combine(data, value)]);
            }
            else if (last is "guide" or "from" or "tokenizer" or "word-vectors" && Directory.Exists(DefaultModel.Resolve(value)))
            {
                settings[key] = HashOfModel(DefaultModel.Resolve(value));
            }
        }

        if (model is not null)
        {
            settings["base model"] = HashOfModel(model);
        }

        return settings;
    }

    private static bool IsFree(string key)
    {
        var (first, last) = (key.Split('.')[0], key[(key.LastIndexOf('.') + 1)..]);
        return Free.Contains(key) || first is "card" or "vary" || FreeKeys.Contains(last) || IsEvaluated(key);
    }

    private static bool IsEvaluated(string key) =>
        key.StartsWith("evaluate.", StringComparison.Ordinal) && Evaluated.Contains(key[(key.LastIndexOf('.') + 1)..]);

    // 1e-4 and 0.0001 are the same value.
    private static string Value(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : text;

    private static string HashOfModel(string folder)
    {
        var isModels = ModelFiles.In(folder);
        return HashOf([.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => isModels(Path.GetRelativePath(folder, file).Replace('\\', '/'))).Order(StringComparer.Ordinal)]);
    }

    private static string HashOf(IReadOnlyList<string> files)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var bytes = 0L;
        foreach (var file in files)
        {
            using var content = File.OpenRead(file);
            bytes += content.Length;
            all.AppendData(SHA256.HashData(content));
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"{bytes} bytes, SHA-256 {Convert.ToHexStringLower(all.GetHashAndReset())[..HashDigits]}");
    }
}
