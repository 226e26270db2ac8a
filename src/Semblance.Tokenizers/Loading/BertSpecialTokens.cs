using System.Text.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>The special tokens of a BERT tokenizer.</summary>
internal sealed record BertSpecialTokens(
    string Padding = "[PAD]", string Unknown = "[UNK]", string Class = "[CLS]", string Separator = "[SEP]", string Mask = "[MASK]")
{
    /// <summary>All five.</summary>
    public string[] All => [Padding, Unknown, Class, Separator, Mask];

    /// <summary>Those without which there is no tokenizing.</summary>
    public string[] Required => [Unknown, Class, Separator];

    /// <summary>The tokens that a configuration names, the usual ones where it doesn't.</summary>
    public static BertSpecialTokens From(TokenizerConfiguration configuration)
    {
        var usual = new BertSpecialTokens();
        return new BertSpecialTokens(
            configuration.SpecialToken("pad_token") ?? usual.Padding,
            configuration.SpecialToken("unk_token") ?? usual.Unknown,
            configuration.SpecialToken("cls_token") ?? usual.Class,
            configuration.SpecialToken("sep_token") ?? usual.Separator,
            configuration.SpecialToken("mask_token") ?? usual.Mask);
    }

    /// <summary>Writes those of a vocabulary as members, with the names of tokenizer_config.json.</summary>
    public void Write(Utf8JsonWriter json, IReadOnlyCollection<string> vocabulary)
    {
        foreach (var (name, token) in ((string, string)[])[("pad_token", Padding), ("unk_token", Unknown), ("cls_token", Class), ("sep_token", Separator), ("mask_token", Mask)])
        {
            if (vocabulary.Contains(token))
            {
                json.WriteString(name, token);
            }
        }
    }
}
