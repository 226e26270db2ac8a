using System.Text.Json.Nodes;

namespace Semblance.Tokenizers.Tests;

/// <summary>Provides small tokenizers, and everything that a user can see of a tokenizer as text.</summary>
internal static class ObservedTokenizer
{
    // A tokenizer of single characters, so that every change of a text is visible; models get a text of two words.
    public static string Make(string section, string component)
    {
        var vocabulary = new JsonObject();
        foreach (var character in " !'.12ABCDEGHMRSTUabcdefhilnorstuvwxy[]_#É´ée\u0301Ġ▁世界\u0001²\u200B".EnumerateRunes().Select(rune => rune.ToString()).Prepend("[C]").Prepend("[B]").Prepend("[A]").Prepend("?"))
        {
            vocabulary.TryAdd(character, vocabulary.Count);
        }

        string[] merges = ["t h", "th e", "r u", "ru n", "1 2", "1 1", "e Ġ", "e ▁"];
        foreach (var merge in merges)
        {
            vocabulary[merge.Replace(" ", "", StringComparison.Ordinal)] = vocabulary.Count;
        }

        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = null,
            ["post_processor"] = null,
            ["decoder"] = null,
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = new JsonArray([.. section == "pre_tokenizer" ? merges.Select(merge => JsonValue.Create(merge)) : []]), ["unk_token"] = "?" },
        };
        root[section] = JsonNode.Parse(component);
        if (section is "post_processor")
        {
            root["pre_tokenizer"] = JsonNode.Parse("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}""");
            root["model"] = JsonNode.Parse("""{"type": "WordLevel", "vocab": {"?": 0, "[A]": 1, "[B]": 2, "[C]": 3, "Ġthe": 4, "Ġ": 5}, "unk_token": "?"}""");
            root["normalizer"] = JsonNode.Parse("""{"type": "Replace", "pattern": {"String": "u"}, "content": "Ġ"}""");
            root["pre_tokenizer"] = JsonNode.Parse("""{"type": "Split", "pattern": {"String": "u"}, "behavior": "Isolated", "invert": false}""");
            root["added_tokens"] = JsonNode.Parse("""[{"id": 6, "content": "the", "single_word": false, "lstrip": true, "rstrip": true, "normalized": false, "special": false}]""");
        }
        else if (section is "model")
        {
            root["pre_tokenizer"] = JsonNode.Parse("""{"type": "WhitespaceSplit"}""");
        }

        return root.ToJsonString();
    }

    public static string Bert(Action<JsonNode> change)
    {
        using var folder = new TemporaryFolder();
        Tokenizer.CreateBert(Vocabulary.Small).SaveJson(folder.Path);
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json")))!;
        change(root);
        return root.ToJsonString();
    }

    public static string Observe(string json)
    {
        try
        {
            return Observe(Tokenizer.FromJson(json));
        }
        catch (TokenizerFormatException exception)
        {
            return exception.Message; // a value that cannot be read is not ignored either
        }
    }

    public static string Observe(string kind, string options)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer_config.json", options);
        switch (kind)
        {
            case "bert":
                folder.Write("tokenizer.json", Bert(_ => { }));
                break;
            case "cased":
                folder.Write("tokenizer.json", Bert(root => root["normalizer"]!["lowercase"] = false));
                break;
            case "words":
                folder.Write("tokenizer.json", Bert(root => root["decoder"]!["cleanup"] = false));
                break;
            case "byte":
                var json = JsonNode.Parse(Make("pre_tokenizer", """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"""))!;
                json["post_processor"] = JsonNode.Parse("""{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true}""");
                folder.Write("tokenizer.json", json.ToJsonString());
                break;
            case "spaces":
                folder.Write("tokenizer.json", Make("decoder", """{"type": "Fuse"}"""));
                break;
            case "llama":
                folder.Write("tokenizer.json", Make("normalizer", """{"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}"""));
                break;
            default:
                folder.Write("spiece.model", SentencePieceBytes.Write(
                    1, ("<pad>", 0, SentencePieceBytes.Control), ("</s>", 0, SentencePieceBytes.Control), ("<unk>", 0, SentencePieceBytes.Unknown), ("▁", -2, SentencePieceBytes.Normal),
                    ("É", -3, SentencePieceBytes.Normal), ("E", -3, SentencePieceBytes.Normal), ("e", -3, SentencePieceBytes.Normal), (".", -3, SentencePieceBytes.Normal),
                    ("e.", -1, SentencePieceBytes.Normal), ("e\u0301", -3, SentencePieceBytes.Normal)));
                break;
        }

        return Observe(Tokenizer.Load(folder.Path));
    }

    // Everything that a user of a tokenizer can see.
    public static string Observe(Tokenizer tokenizer)
    {
        var seen = new List<string>
        {
            $"{tokenizer.VocabularySize} {tokenizer.PaddingId} {tokenizer.ClassId} {tokenizer.SeparatorId} {tokenizer.UnknownId} {tokenizer.MaskId} {tokenizer.ModelMaxLength} {tokenizer.TruncationLength} {tokenizer.TruncationSide} {tokenizer.PaddingSide}",
        };
        foreach (var (text, pair) in new (string, string?)[]
            {
                ("The runner É e\u0301 [MASK] 世界. x", null), ("  the 12 A1²\u0001 tU U e the.  ", null), ("the dog runs.", "a"), ("e.</s>e. thee the", null), ("aab", null), ("uthe  theu th", null), (" u ' '", null), ("▁the ▁", null),
                (string.Concat(Enumerable.Range(0, 40).Select(i => $"run {i}e ")), null),
            })
        {
            var encoding = tokenizer.Encode(text, pair);
            seen.Add($"{string.Join(' ', encoding.Ids.ToArray())} | {string.Join(' ', encoding.Tokens)} | {string.Join(' ', encoding.Offsets.ToArray())} | {string.Join(' ', encoding.TypeIds.ToArray())}");
            seen.Add(tokenizer.Decode(encoding.Ids));
            seen.Add(tokenizer.Decode(encoding.Ids, skipSpecialTokens: false));
            seen.Add(string.Join(' ', encoding.SpecialTokensMask.ToArray()));
        }

        seen.Add(tokenizer.Decode([.. Enumerable.Range(0, tokenizer.VocabularySize)]));
        return string.Join('\n', seen);
    }
}
