namespace Semblance.Transformers;

/// <summary>Detects files of PEFT and AdapterHub adapters, which are not applied.</summary>
public static class AdapterFiles
{
    private const string Settings = "adapter_config.json";

    private static readonly string[] Names =
    [
        Settings, "adapter_model.safetensors", "adapter_model.bin", "adapter_model.safetensors.index.json", "adapter_model.bin.index.json",
        "adapter.safetensors", "pytorch_adapter.bin", "adapter_fusion_config.json", "adapter_fusion.safetensors",
        "pytorch_model_adapter_fusion.bin",
    ];

    /// <summary>Throws if a folder has an adapter beside or instead of weights: without it, the embeddings would differ.</summary>
    /// <param name="folder">The folder of a model, or of one of its modules.</param>
    /// <exception cref="ModelFormatException">The folder has a file of an adapter; the message names it.</exception>
    public static void Refuse(string folder)
    {
        if (Array.Find(Names, name => File.Exists(Path.Combine(folder, name))) is not { } found)
        {
            return;
        }

        throw new ModelFormatException(
            Path.Combine(folder, found),
            $"the folder has an adapter{Describe(Path.Combine(folder, Settings))}, and adapters are not supported; merge it into its model "
            + "(in PEFT: merge_and_unload, then save_pretrained) and load that, or remove the adapter's files to use the model alone.");
    }

    private static string Describe(string settings)
    {
        if (!File.Exists(settings))
        {
            return "";
        }

        var file = ConfigurationFile.Read(settings);
        var kind = file.Find("peft_type") is { ValueKind: System.Text.Json.JsonValueKind.String } type ? $" ({type.GetString()})" : "";
        return file.Find("base_model_name_or_path") is { ValueKind: System.Text.Json.JsonValueKind.String } model
            ? $"{kind} for '{model.GetString()}'"
            : kind;
    }
}
