using System.Text.Json.Nodes;
using Semblance.Tokenizers.PostProcessors;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Creates the post-processor that the tokenizer classes of the reference make from tokenizer_config.json: from <c>add_bos_token</c> and
/// <c>add_eos_token</c>, or for translation from <c>src_lang</c>.
/// </summary>
internal static class ConfiguredTemplate
{
    /// <summary>
    /// Returns the template, or <see langword="null"/> if the configuration has no such option or its class keeps the template of
    /// tokenizer.json.
    /// </summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="now">The post-processor of tokenizer.json.</param>
    /// <param name="idOf">Returns the id of a token.</param>
    public static JsonObject? Of(TokenizerConfiguration configuration, PostProcessor now, Func<string, int?> idOf)
    {
        if (configuration.ClassName is "MBartTokenizer" or "MBart50Tokenizer" or "NllbTokenizer")
        {
            return configuration.Text("src_lang") is { } language ? ForLanguage(configuration, language, idOf) : null;
        }

        var (begins, ends) = (configuration.Flag("add_bos_token"), configuration.Flag("add_eos_token"));
        if (begins is null && ends is null)
        {
            return null;
        }

        (string? Begin, string? End, bool AddsBegin) defaults = (null, null, now.FirstId is not null);
        var addsEnd = false;
        if (configuration.ClassName is { } name)
        {
            if (!TokenizerClasses.Templates.TryGetValue(name, out var known))
            {
                WarnOfConflict(configuration, "add_bos_token", begins, "bos_token", now.FirstId, idOf);
                WarnOfConflict(configuration, "add_eos_token", ends, "eos_token", now.LastId, idOf);
                return null;
            }

            defaults = known;
        }
        else
        {
            addsEnd = now.LastId is not null;
        }

        return ForEnds(configuration, begins ?? defaults.AddsBegin, ends ?? addsEnd, defaults.Begin, defaults.End, idOf);
    }

    /// <summary>Returns the template of a class for a folder without a tokenizer.json.</summary>
    public static JsonObject ForEnds(
        TokenizerConfiguration configuration, bool begins, bool ends, string? defaultBegin, string? defaultEnd, Func<string, int?> idOf)
    {
        var begin = begins ? Token(configuration, "add_bos_token", "bos_token", defaultBegin) : null;
        var end = ends ? Token(configuration, "add_eos_token", "eos_token", defaultEnd) : null;
        Part[] Around(string text, int type) => [.. Special(begin, type), new Part(text, type, IsText: true), .. Special(end, type)];
        var first = Around("A", 0);
        return Template(configuration, first, [.. first, .. Around("B", 1)], idOf);
    }

    /// <summary>Returns the template of a translation model: the language before or after the text.</summary>
    public static JsonObject ForLanguage(TokenizerConfiguration configuration, string language, Func<string, int?> idOf)
    {
        var end = configuration.SpecialToken("eos_token") ?? "</s>";
        var isAfter = configuration.ClassName == "MBartTokenizer"
            || (configuration.ClassName == "NllbTokenizer" && configuration.Flag("legacy_behaviour") == true);
        var before = isAfter ? [] : Special(language, 0);
        Part[] after = isAfter ? [.. Special(end, 0), .. Special(language, 0)] : Special(end, 0);
        var (first, second) = (new Part("A", 0, IsText: true), new Part("B", 0, IsText: true));
        return Template(configuration, [.. before, first, .. after], [.. before, first, second, .. after], idOf);
    }

    private static Part[] Special(string? token, int type) => token is null ? [] : [new Part(token, type, IsText: false)];

    private static string? Token(TokenizerConfiguration configuration, string flag, string name, string? defaultToken)
    {
        var named = configuration.SpecialToken(name) ?? (configuration.Has(name) ? null : defaultToken);
        if (named is null && configuration.ClassName == TokenizerClasses.AnyFile)
        {
            configuration.Warn(flag, $"is true, but there is no '{name}', so no token is added");
            return null;
        }

        return named ?? throw configuration.Error(flag, $"is true, but there is no '{name}'; add one to {TokenizerFiles.Configuration}");
    }

    private static JsonObject Template(TokenizerConfiguration configuration, Part[] single, Part[] pair, Func<string, int?> idOf)
    {
        var ids = new JsonObject();
        foreach (var token in single.Where(part => !part.IsText).Select(part => part.Name).Distinct())
        {
            var id = idOf(token) ?? throw new TokenizerFormatException(
                $"{TokenizerFiles.Configuration}: {configuration.FullClassName} adds '{token}' to a text, but it is not a token of the vocabulary; change it.");
            ids[token] = new JsonObject { ["id"] = token, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(token) };
        }

        static JsonArray Pieces(Part[] parts) => [.. parts.Select(part => (JsonNode)new JsonObject
        {
            [part.IsText ? "Sequence" : "SpecialToken"] = new JsonObject { ["id"] = part.Name, ["type_id"] = part.TypeId },
        })];

        return new JsonObject { ["type"] = "TemplateProcessing", ["single"] = Pieces(single), ["pair"] = Pieces(pair), ["special_tokens"] = ids };
    }

    private static void WarnOfConflict(
        TokenizerConfiguration configuration, string option, bool? asked, string name, int? now, Func<string, int?> idOf)
    {
        var token = configuration.SpecialToken(name);
        if (asked is { } value && value != (now is not null && token is not null && idOf(token) == now))
        {
            configuration.Warn(
                option,
                $"is {(value ? "true" : "false")}, but {configuration.FullClassName} keeps the template of {TokenizerFiles.Json}, which {(value ? "does not add" : "adds")} '{token ?? name}'");
        }
    }

    private readonly record struct Part(string Name, int TypeId, bool IsText);
}
