using System.Text.Json;
using Semblance.ChatTemplates;
using Semblance.Files;
using Semblance.Modules;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Formats a pair as the model was trained with: its chat template gets the two texts as messages of the roles <c>query</c> and
/// <c>document</c>, and the prompt as a message of the role <c>system</c>.
/// </summary>
internal sealed class PairTemplate
{
    private const string FileName = "chat_template.jinja";
    private const string TokenizerFile = "tokenizer_config.json";

    // Text that identifies a template with contents in parts, with the heuristic of the original.
    private static readonly string[] Structured = ["content[0]", ".type", "'type'", "\"type\"", "message.content["];

    private readonly ChatTemplate _template;
    private readonly bool _isStructured;
    private readonly bool _restoresEnd;
    private readonly Dictionary<string, object?> _variables;

    private PairTemplate(ChatTemplate template, ConfigurationFile? settings, Dictionary<string, object?> variables)
    {
        (_template, _variables) = (template, variables);
        _isStructured = settings?.Section("modality_config")?.Section("message") is { } message && message.Text("format") is { } format
            ? format switch
            {
                "structured" => true,
                "flat" => false,
                _ => throw message.Fault("format", $"is '{format}'; supported are flat and structured"),
            }
            : Structured.Any(mark => template.Source.Contains(mark, StringComparison.Ordinal));
        var options = settings?.Section("processing_kwargs")?.Section("chat_template");
        _restoresEnd = options?.Flag("restore_suffix", true) ?? true;
        foreach (var option in options?.Root.EnumerateObject().Where(option => option.Name != "restore_suffix").ToArray() ?? [])
        {
            _variables[option.Name] = option.Value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.String => option.Value.GetString(),
                JsonValueKind.Number when option.Value.TryGetInt64(out var number) => number,
                JsonValueKind.Null => null,
                _ => throw options!.Fault(option.Name, "is neither a text, a whole number, true nor false"),
            };
        }

        // Texts that no template contains: both must appear in the result.
        var (query, document) = ("⟨the first text⟩", "⟨the second text⟩");
        if (Render("", query, document) is var shown
            && !(shown.Contains(query, StringComparison.Ordinal) && shown.Contains(document, StringComparison.Ordinal)))
        {
            throw new ModelFormatException(template.Path,
                "the chat template leaves out a text of a pair; it must show the messages of the roles 'query' and 'document'.");
        }
    }

    /// <summary>Returns the template of a model; null if pairs are tokenized without one.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="isCausal">
    /// <see langword="true"/> for a causal model, which uses a template unless its settings say otherwise; otherwise,
    /// <see langword="false"/>.
    /// </param>
    /// <exception cref="ModelFormatException">The template is missing, is damaged, or uses a feature that is not supported.</exception>
    public static PairTemplate? Find(string folder, bool isCausal)
    {
        var settings = TransformerModule.Settings(folder);
        var modalities = settings?.Section("modality_config");
        if (modalities is null ? !isCausal : modalities.Find("message") is null)
        {
            return null;
        }

        var path = Path.Combine(folder, TokenizerFile);
        var tokenizer = File.Exists(path) ? ConfigurationFile.Read(path) : null;
        var own = Path.Combine(folder, FileName);
        var template = File.Exists(own) ? ChatTemplate.ReadFile(own) : tokenizer?.Text("chat_template") is { } source
            ? new ChatTemplate(path, source) : null;
        return template is not null ? new PairTemplate(template, settings, SpecialTokens(tokenizer))
            : modalities is null ? null
            : throw modalities.Fault("message",
                $"requires a chat template, but there is neither a {FileName} nor a 'chat_template' in {TokenizerFile}");
    }

    /// <summary>Returns the text to score.</summary>
    public string Render(string prompt, string query, string document)
    {
        var messages = new List<object?>();
        foreach (var (role, content) in (ReadOnlySpan<(string, string)>)[("system", prompt), ("query", query), ("document", document)])
        {
            if (role != "system" || content.Length > 0)
            {
                messages.Add(new Dictionary<string, object?> { ["role"] = role, ["content"] = _isStructured ? Parts(content) : content });
            }
        }

        return _template.Render(_variables.Append(new("messages", messages)));
    }

    /// <summary>Tokenizes a pair. If the pair is too long, the end of the template is kept: it is where the model answers.</summary>
    public TokenizedText Tokenize(TransformerModule module, string prompt, string query, string document)
    {
        var tokenized = module.TokenizeWhole(Render(prompt, query, document), module.MaxSequenceLength);
        if (tokenized.IsTruncated && _restoresEnd)
        {
            var end = End(module, prompt);
            var kept = Math.Min(end.Length, tokenized.Ids.Length);
            end[^kept..].CopyTo(tokenized.Ids, tokenized.Ids.Length - kept);
        }

        return tokenized;
    }

    /// <summary>Writes the template to a file of its own.</summary>
    public void Save(string folder)
    {
        using var file = new AtomicFile(Path.Combine(folder, FileName));
        using (var writer = new StreamWriter(file.Stream, leaveOpen: true))
        {
            writer.Write(_template.Source);
        }

        file.Commit();
    }

    // The tokens that two renderings with other texts have in common at their ends.
    private int[] End(TransformerModule module, string prompt)
    {
        var (one, other) = (Ids("0"), Ids("1 2 3 4"));
        var count = one.Reverse().Zip(other.Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return count < Math.Min(one.Length, other.Length) ? one[^count..] : [];

        int[] Ids(string filler) => module.TokenizeWhole(Render(prompt, filler, filler), maxLength: 0).Ids;
    }

    private static object?[] Parts(string text) => [new Dictionary<string, object?> { ["type"] = "text", ["text"] = text }];

    private static Dictionary<string, object?> SpecialTokens(ConfigurationFile? tokenizer)
    {
        var tokens = new Dictionary<string, object?>();
        foreach (var name in (ReadOnlySpan<string>)["bos_token", "eos_token", "unk_token", "sep_token",
            "pad_token", "cls_token", "mask_token"])
        {
            if (tokenizer?.Find(name) is { } token)
            {
                tokens[name] = token.ValueKind == JsonValueKind.Object ? tokenizer.Section(name)!.Text("content") : tokenizer.Text(name);
            }
        }

        return tokens;
    }
}
