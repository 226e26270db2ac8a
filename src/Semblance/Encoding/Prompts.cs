using System.Text.Json;
using Semblance.Transformers;

namespace Semblance;

/// <summary>A model's named prompts: texts that are put before others.</summary>
internal static class Prompts
{
    /// <summary>Reads <c>prompts</c> and <c>default_prompt_name</c> of <c>config_sentence_transformers.json</c>.</summary>
    public static (IReadOnlyDictionary<string, string> Prompts, string? DefaultName) Read(ConfigurationFile file)
    {
        var prompts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file.Find("prompts") is { } found)
        {
            if (found.ValueKind != JsonValueKind.Object)
            {
                throw file.Fault("prompts", "is not an object of names and texts");
            }

            foreach (var prompt in found.EnumerateObject())
            {
                if (prompt.Value.ValueKind == JsonValueKind.String)
                {
                    prompts[prompt.Name] = prompt.Value.GetString()!;
                }
                else if (prompt.Value.ValueKind != JsonValueKind.Null) // a name without a text is one that may be set
                {
                    throw file.Fault("prompts", $"has '{prompt.Name}', which is not a text");
                }
            }
        }

        // A default that has no text yet is none.
        var defaultName = file.Text("default_prompt_name");
        var isEmpty = defaultName is "query" or "document" || (defaultName is not null && file.Find("prompts") is { } named && named.TryGetProperty(defaultName, out _));
        return defaultName is null || prompts.ContainsKey(defaultName) ? (prompts, defaultName)
            : isEmpty ? (prompts, null)
            : throw file.Fault("default_prompt_name", $"is '{defaultName}', which is not among the prompts");
    }

    /// <summary>Writes what <see cref="Read"/> reads, as members of an object.</summary>
    public static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, string> prompts, string? defaultName)
    {
        json.WriteStartObject("prompts");
        foreach (var (name, text) in prompts)
        {
            json.WriteString(name, text);
        }

        json.WriteEndObject();
        json.WriteString("default_prompt_name", defaultName);
    }

    /// <summary>The text that options ask for; empty for none.</summary>
    /// <exception cref="ArgumentException">The model has no prompt of that name.</exception>
    public static string Of(TextOptions options, IReadOnlyDictionary<string, string> prompts, string? defaultName)
    {
        if (options.Prompt is not null)
        {
            return options.Prompt;
        }

        if ((options.PromptName ?? defaultName) is not { } name)
        {
            return "";
        }

        return prompts.TryGetValue(name, out var prompt)
            ? prompt
            : throw new ArgumentException($"The model has no prompt '{name}'; its prompts are {(prompts.Count == 0 ? "none" : string.Join(", ", prompts.Keys))}.", nameof(options));
    }

    /// <summary>Options with the first of some prompts that the model has, unless they ask for one.</summary>
    public static TOptions WithFirst<TOptions>(TOptions options, IReadOnlyDictionary<string, string> prompts, params ReadOnlySpan<string> names)
        where TOptions : TextOptions
    {
        if (options.Prompt is null && options.PromptName is null)
        {
            foreach (var name in names)
            {
                if (prompts.ContainsKey(name))
                {
                    return options with { PromptName = name };
                }
            }
        }

        return options;
    }
}
