using System.Text.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>Represents the special tokens of a BERT tokenizer.</summary>
internal sealed record BertSpecialTokens(
    string Padding = "[PAD]", string Unknown = "[UNK]", string Class = "[CLS]", string Separator = "[SEP]", string Mask = "[MASK]")
{
    /// <summary>Gets all tokens.</summary>
    public string[] All => [Padding, Unknown, Class, Separator, Mask];

    /// <summary>Gets the tokens that are required.</summary>
    public string[] Required => [Unknown, Class, Separator];

    /// <summary>Returns the tokens that a configuration names, and the default for each that it does not name.</summary>
    public static BertSpecialTokens From(TokenizerConfiguration configuration)
    {
        var defaults = new BertSpecialTokens();
        return new BertSpecialTokens(
            configuration.SpecialToken("pad_token") ?? defaults.Padding,
            configuration.SpecialToken("unk_token") ?? defaults.Unknown,
            configuration.SpecialToken("cls_token") ?? defaults.Class,
            configuration.SpecialToken("sep_token") ?? defaults.Separator,
            configuration.SpecialToken("mask_token") ?? defaults.Mask);
    }

    /// <summary>Writes the tokens that a vocabulary has as members, with the names of tokenizer_config.json.</summary>
    public void Write(Utf8JsonWriter json, IReadOnlyCollection<string> vocabulary)
    {
        (string, string)[] members =
            [("pad_token", Padding), ("unk_token", Unknown), ("cls_token", Class), ("sep_token", Separator), ("mask_token", Mask)];
        foreach (var (name, token) in members)
        {
            if (vocabulary.Contains(token))
            {
                json.WriteString(name, token);
            }
        }
    }
}
