using Semblance.Checkpoints;
using Semblance.Transformers.Adapters;

namespace Semblance.Transformers;

/// <summary>Detects the files of adapters in a model's folder, so that none is ignored silently.</summary>
public static class AdapterFiles
{
    // Those of PEFT, and those of AdapterHub, whose format is not supported.
    private static readonly string[] Names =
    [
        AdapterConfig.FileName, "adapter_model.safetensors", "adapter_model.bin", "adapter_model.safetensors.index.json",
        "adapter_model.bin.index.json",
    ];

    private static readonly string[] OtherNames =
    [
        "adapter.safetensors", "pytorch_adapter.bin", "adapter_fusion_config.json", "adapter_fusion.safetensors",
        "pytorch_model_adapter_fusion.bin",
    ];

    /// <summary>Throws if a folder has an adapter, for readers of whole models: without it, the results would differ.</summary>
    /// <param name="folder">The folder of a model, or of one of its modules.</param>
    /// <exception cref="ModelFormatException">The folder has a file of an adapter; the message names it.</exception>
    public static void Refuse(string folder)
    {
        if (Find(folder, [.. Names, .. OtherNames]) is { } found)
        {
            throw new ModelFormatException(
                Path.Combine(folder, found),
                $"the folder has an adapter{Described(folder)} where the weights of a whole model are expected; move the adapter's files "
                + "to a folder of their own and load them for the model (LoadAdapter, --adapter), merge them (semblance adapter merge), or "
                + "remove them to use the model alone.");
        }
    }

    /// <summary>
    /// Returns a value that indicates whether a folder has an adapter of PEFT in place of weights, and throws if it has an adapter beside
    /// weights, or one of another format.
    /// </summary>
    /// <param name="folder">The folder of a model, or of one of its modules.</param>
    /// <exception cref="ModelFormatException">The folder has an adapter that cannot be applied.</exception>
    public static bool HasAdapter(string folder)
    {
        if (Find(folder, OtherNames) is { } other)
        {
            throw new ModelFormatException(
                Path.Combine(folder, other),
                "the folder has an adapter of AdapterHub, whose format is not supported; supported are those of "
                + "PEFT. Merge it into its model with its own library, or remove its files to use the model alone.");
        }

        if (Find(folder, Names) is not { } found)
        {
            return false;
        }

        if (found != AdapterConfig.FileName
            || Directory.EnumerateFiles(folder).Select(Path.GetFileName).Any(name => Checkpoint.IsFileName(name!) && !Names.Contains(name)))
        {
            Refuse(folder);
        }

        return true;
    }

    private static string? Find(string folder, string[] names) => Array.Find(names, name => File.Exists(Path.Combine(folder, name)));

    private static string Described(string folder)
    {
        var path = Path.Combine(folder, AdapterConfig.FileName);
        if (!File.Exists(path))
        {
            return "";
        }

        var file = ConfigurationFile.Read(path);
        var kind = file.Find("peft_type") is { ValueKind: System.Text.Json.JsonValueKind.String } type ? $" ({type.GetString()})" : "";
        return file.Find("base_model_name_or_path") is { ValueKind: System.Text.Json.JsonValueKind.String } model
            ? $"{kind} for '{model.GetString()}'"
            : kind;
    }
}
