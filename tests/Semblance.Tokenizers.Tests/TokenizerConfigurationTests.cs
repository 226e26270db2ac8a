using System.Text.Json.Nodes;

namespace Semblance.Tokenizers.Tests;

/// <summary>Tests the files beside a tokenizer.json, as the classes of transformers apply them. The ids follow from their rules.</summary>
public class TokenizerConfigurationTests
{
    // [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4, the 5, run 6, …; 21 tokens.
    private const int Size = 21;

    [Fact]
    public void Added_tokens_that_the_vocabulary_lacks_are_numbered_on_from_its_size()
    {
        var tokenizer = Load(json: root => Add(root, """{"id": 30, "content": "<doc>"}""", """{"id": 5, "content": "run"}""", """{"id": 40, "content": "<query>"}"""));
        tokenizer.Encode("<doc> the <query> run").Ids.ToArray().ShouldBe([2, Size, 5, Size + 1, 6, 3]);
        tokenizer.VocabularySize.ShouldBe(Size + 2);
        tokenizer.Warnings.ShouldHaveSingleItem().ShouldContain("added_tokens: '<doc>' has the id 30 in the file and 21 here");
    }

    [Fact]
    public void Of_two_added_tokens_with_one_content_the_later_counts_and_what_was_special_stays_so()
    {
        var tokenizer = Load(json: root => Add(
            root, """{"id": 21, "content": "<doc>", "special": true, "normalized": false}""", """{"id": 22, "content": "<doc>", "special": false, "normalized": false, "lstrip": true}"""));
        var encoding = tokenizer.Encode("the  <doc>");
        encoding.Tokens.ShouldBe(["[CLS]", "the", "  <doc>", "[SEP]"]);
        tokenizer.Decode(encoding.Ids).ShouldBe("the");
    }

    [Fact]
    public void A_vocabulary_with_ids_left_out_counts_its_tokens()
    {
        var tokenizer = Tokenizer.FromJson("""
            {"added_tokens": [{"id": 9, "content": "<b>"}, {"id": 10, "content": "<a>"}], "pre_tokenizer": {"type": "WhitespaceSplit"},
             "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "the": 1, "<b>": 7}}}
            """);
        tokenizer.Encode("the <a> <b>").Ids.ToArray().ShouldBe([1, 3, 7]);
    }

    [Theory]
    [InlineData("""{"added_tokens_decoder": {"33": {"content": "<b>", "special": true}, "7": {"content": "<a>", "special": true}}}""", null, null, "<a> <b>", new[] { 2, Size, Size + 1, 3 })]
    [InlineData("""{"additional_special_tokens": ["<a>", {"content": "<b>", "rstrip": true}]}""", null, null, "<a> <b>  the", new[] { 2, Size, Size + 1, 5, 3 })]
    [InlineData(null, """{"additional_special_tokens": ["<a>"], "sep_token": {"content": "<b>"}}""", null, "<b> <a>", new[] { 2, Size, Size + 1, 3 })]
    [InlineData("""{"extra_special_tokens": ["<a>", "<b>"]}""", null, null, "<b> <a>", new[] { 2, Size + 1, Size, 3 })]
    [InlineData("""{"extra_special_tokens": {"image_token": "<a>"}, "video_token": "<b>"}""", null, null, "<a> <b>", new[] { 2, Size + 1, Size, 3 })]
    [InlineData("{}", null, """{"<b>": 22, "<a>": 21}""", "<a> <b>", new[] { 2, Size, Size + 1, 3 })]
    [InlineData("""{"added_tokens_decoder": {}, "additional_special_tokens": ["<a>"]}""", """{"additional_special_tokens": ["<b>"]}""", """{"the": 3}""", "<a> the", new[] { 2, Size, 5, 3 })]
    public void Tokens_that_the_files_name_are_added(string? configuration, string? map, string? added, string text, int[] ids) =>
        Load(configuration, map, added).Encode(text).Ids.ToArray().ShouldBe(ids);

    [Fact]
    public void Tokens_beside_a_vocabulary_file_are_added()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", string.Join('\n', Vocabulary.Small)).Write("added_tokens.json", """{"<doc>": 21, "Query": 22}""")
            .Write("special_tokens_map.json", """{"additional_special_tokens": ["<doc>"]}""");
        var tokenizer = Tokenizer.Load(folder.Path);
        var encoding = tokenizer.Encode("<doc> query the");
        encoding.Ids.ToArray().ShouldBe([2, 21, 22, 5, 3]);
        tokenizer.Decode(encoding.Ids).ShouldBe("query the"); // found after normalization, so shown so

        using var saved = new TemporaryFolder();
        tokenizer.Save(saved.Path);
        Tokenizer.Load(saved.Path).Encode("<doc> query the").Ids.ToArray().ShouldBe([2, 21, 22, 5, 3]);
    }

    [Fact]
    public void Added_tokens_decoder_gives_an_added_token_its_properties_and_stands_for_the_older_files()
    {
        var tokenizer = Load(
            """{"added_tokens_decoder": {"4": {"content": "[MASK]", "lstrip": true, "special": true}}, "mask_token": "[MASK]"}""",
            """{"mask_token": "the", "additional_special_tokens": ["dog"]}""");
        tokenizer.Encode("run  [MASK] Dog").Tokens.ShouldBe(["[CLS]", "run", "  [MASK]", "dog", "[SEP]"]);
        (tokenizer.MaskId, tokenizer.Decode([11])).ShouldBe((4, "dog")); // not special: special_tokens_map.json is not read for tokens
    }

    [Fact]
    public void Special_tokens_map_wins_over_the_configuration_without_added_tokens_decoder() =>
        Load("""{"pad_token": "the"}""", """{"pad_token": "run"}""").PaddingId.ShouldBe(6);

    [Theory]
    [InlineData("LlamaTokenizer", """ "bos_token": "<s>", "eos_token": "</s>", "add_eos_token": true """, new[] { 1, 3, 2 }, new[] { 1, 3, 2, 1, 3, 2 })]
    [InlineData("LlamaTokenizerFast", """ "add_eos_token": true """, new[] { 1, 3, 2 }, new[] { 1, 3, 2, 1, 3, 2 })]
    [InlineData("LlamaTokenizer", """ "add_bos_token": false """, new[] { 3 }, new[] { 3, 3 })]
    [InlineData("GemmaTokenizer", """ "bos_token": {"__type": "AddedToken", "content": "</s>", "normalized": false}, "add_bos_token": true """, new[] { 2, 3 }, new[] { 2, 3, 2, 3 })]
    [InlineData("GPTNeoXTokenizer", """ "eos_token": "</s>", "add_eos_token": true """, new[] { 3, 2 }, new[] { 3, 2, 3, 2 })]
    [InlineData("LlamaTokenizer", "", new[] { 1, 3 }, new[] { 1, 3, 3 })]
    [InlineData("PreTrainedTokenizerFast", """ "bos_token": "<s>", "add_bos_token": false """, new[] { 1, 3 }, new[] { 1, 3, 3 })]
    [InlineData("TokenizersBackend", "", new[] { 1, 3 }, new[] { 1, 3, 3 })]
    [InlineData("TokenizersBackend", """ "eos_token": "</s>", "add_eos_token": true """, new[] { 3, 2 }, new[] { 3, 2, 3, 2 })]
    [InlineData("TokenizersBackend", """ "bos_token": "<s>", "eos_token": "</s>", "add_bos_token": true, "add_eos_token": true """, new[] { 1, 3, 2 }, new[] { 1, 3, 2, 1, 3, 2 })]
    [InlineData("TokenizersBackend", """ "bos_token": null, "add_bos_token": true """, new[] { 3 }, new[] { 3, 3 })]
    [InlineData("MBartTokenizer", """ "src_lang": "de_DE" """, new[] { 3, 2, 4 }, new[] { 3, 3, 2, 4 })]
    [InlineData("MBart50Tokenizer", """ "src_lang": "de_DE" """, new[] { 4, 3, 2 }, new[] { 4, 3, 3, 2 })]
    [InlineData("NllbTokenizer", """ "src_lang": "de_DE", "legacy_behaviour": true """, new[] { 3, 2, 4 }, new[] { 3, 3, 2, 4 })]
    public void The_class_decides_what_makes_the_template(string name, string options, int[] one, int[] pair)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", Decoder).Write("tokenizer_config.json", $$"""{"tokenizer_class": "{{name}}"{{(options.Length > 0 ? "," : "")}} {{options}}}""");
        var tokenizer = Tokenizer.Load(folder.Path);
        tokenizer.Encode("a").Ids.ToArray().ShouldBe(one);
        tokenizer.Encode("a", "a").Ids.ToArray().ShouldBe(pair);
        if (name == "PreTrainedTokenizerFast")
        {
            tokenizer.Warnings.ShouldHaveSingleItem().ShouldBe($"{Path.Combine(folder.Path, "tokenizer_config.json")}: add_bos_token: is false, but PreTrainedTokenizerFast keeps the template of tokenizer.json, which adds '<s>'.");
        }

        // A tokenizer.json that is written alone needs no configuration beside it.
        using var alone = new TemporaryFolder();
        tokenizer.SaveJson(alone.Path);
        Tokenizer.Load(alone.Path).Encode("a", "a").Ids.ToArray().ShouldBe(pair);
    }

    [Fact]
    public void A_template_without_its_token_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", Decoder).Write("tokenizer_config.json", """{"tokenizer_class": "LlamaTokenizer", "eos_token": null, "add_eos_token": true}""");
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message
            .ShouldBe($"{Path.Combine(folder.Path, "tokenizer_config.json")}: add_eos_token: is true, but there is no 'eos_token'; add one to tokenizer_config.json.");
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "BertTokenizer"}""", false, new[] { 5 }, false)]
    [InlineData("""{"tokenizer_class": "BertTokenizer", "do_lower_case": false}""", true, new[] { 1 }, false)]
    [InlineData("""{"do_lower_case": true}""", false, new[] { 5 }, false)]
    [InlineData("{}", false, new[] { 1 }, false)]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": true}""", false, new[] { 1 }, true)]
    public void The_class_decides_whether_the_configuration_lowercases(string configuration, bool lowercase, int[] ids, bool warns)
    {
        var tokenizer = Load(configuration, json: root => root["normalizer"]!["lowercase"] = lowercase);
        tokenizer.Encode("THE", options: new TokenizerOptions { AddSpecialTokens = false }).Ids.ToArray().ShouldBe(ids);
        tokenizer.Warnings.Count.ShouldBe(warns ? 1 : 0);
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "RobertaTokenizer", "add_prefix_space": true}""", false, true)]
    [InlineData("""{"tokenizer_class": "RobertaTokenizer"}""", true, false)]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "add_prefix_space": true}""", false, true)]
    [InlineData("{}", true, true)]
    public void The_byte_level_pre_tokenizer_puts_a_space_before_a_text_as_the_configuration_says(string configuration, bool own, bool expected)
    {
        var json = JsonNode.Parse("""{"pre_tokenizer": {"type": "ByteLevel", "trim_offsets": true}, "model": {"type": "BPE", "vocab": {"a": 0, "Ġ": 1, "Ġa": 2}, "merges": ["Ġ a"]}}""")!;
        json["pre_tokenizer"]!["add_prefix_space"] = own;
        Tokenizer.FromJson(json.ToJsonString(), configuration).Encode("a").Ids.ToArray().ShouldBe(expected ? [2] : [0]);
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false}""", "always", new[] { 0 })]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": true}""", "never", new[] { 2 })]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": null}""", "always", new[] { 2 })]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "add_prefix_space": false}""", "always", new[] { 2 })]
    public void The_class_decides_whether_Metaspace_follows_the_configuration(string configuration, string scheme, int[] ids)
    {
        var json = $$"""{"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": false}, "model": {"type": "BPE", "vocab": {"a": 0, "▁": 1, "▁a": 2}, "merges": ["▁ a"]} }""";
        Tokenizer.FromJson(json, configuration).Encode("a").Ids.ToArray().ShouldBe(ids);
    }

    [Fact]
    public void A_prepended_space_and_its_decoding_go_where_Llama_asks_for_none()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", Decoder).Write("tokenizer_config.json", """{"tokenizer_class": "LlamaTokenizer", "add_prefix_space": false, "add_bos_token": false}""");
        var tokenizer = Tokenizer.Load(folder.Path);
        var encoding = tokenizer.Encode("a a");
        encoding.Tokens.ShouldBe(["a", "▁a"]);
        tokenizer.Decode([3, 3]).ShouldBe(" a a");
    }

    [Fact]
    public void Unigram_without_an_unknown_token_leaves_out_what_it_does_not_cover()
    {
        var tokenizer = Tokenizer.FromJson("""{"model": {"type": "Unigram", "unk_id": null, "vocab": [["a", -1.0], ["b", -2.0]]}}""");
        tokenizer.Encode("aéb").Ids.ToArray().ShouldBe([0, 1]);
        tokenizer.UnknownId.ShouldBeNull();
    }

    [Fact]
    public void Unigram_falls_back_to_the_bytes_that_the_vocabulary_has()
    {
        var tokenizer = Tokenizer.FromJson(
            """{"model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [["?", 0.0], ["a", -1.0], ["<0xC3>", -9.0], ["<0xA9>", -9.0]]}}""");
        tokenizer.Encode("aéa").Ids.ToArray().ShouldBe([1, 2, 3, 1]);
        tokenizer.Encode("aèa").Ids.ToArray().ShouldBe([1, 0, 1]); // <0xA8> is missing
    }

    [Theory]
    [InlineData("""{"padding_side": "left"}""", null, Side.Left)]
    [InlineData("{}", """{"strategy": "BatchLongest", "direction": "Left", "pad_token": "the"}""", Side.Left)]
    [InlineData("{}", null, Side.Right)]
    public void Padding_goes_where_the_files_say(string configuration, string? section, Side side)
    {
        var tokenizer = Load(configuration, json: root => root["padding"] = section is null ? null : JsonNode.Parse(section));
        tokenizer.PaddingSide.ShouldBe(side);
        var padding = section is null ? 0 : 5;
        tokenizer.PaddingId.ShouldBe(padding);
        int[] alone = [2, 6, 3];
        var padded = tokenizer.Pad([tokenizer.Encode("run")], new PaddingOptions { Length = 4 })[0].Ids.ToArray();
        padded.ShouldBe(side == Side.Left ? [padding, .. alone] : [.. alone, padding]);
    }

    [Fact]
    public void Special_tokens_are_split_where_the_configuration_says_so()
    {
        var tokenizer = Load("""{"split_special_tokens": true}""");
        tokenizer.Encode("[MASK]", options: new TokenizerOptions { AddSpecialTokens = false }).Tokens.ShouldBe(["[", "[UNK]", "[UNK]"]);
        tokenizer.MaskId.ShouldBe(4);
    }

    [Fact]
    public void Decoding_takes_out_spaces_before_punctuation_where_the_configuration_says_so()
    {
        var tokenizer = Load("""{"clean_up_tokenization_spaces": true}""", json: root => root["decoder"]!["cleanup"] = false);
        int[] ids = [5, 11, 12, 5, 12];
        tokenizer.Decode(ids).ShouldBe("the dog. the.");
        var stream = new DecodeStream(tokenizer);
        string[] pieces = [.. ids.Select(stream.Next), stream.Finish()];
        pieces.ShouldBe(["", "the", "", " dog.", "", " the."]);
    }

    [Fact]
    public void A_named_token_that_a_model_has_no_embedding_for_is_left_out_of_its_tokenizer()
    {
        var tokenizer = Load("""{"pad_token": "<pad>", "additional_special_tokens": ["<a>", "dog"]}""");
        (tokenizer.VocabularySize, tokenizer.PaddingId).ShouldBe((Size + 2, Size));
        tokenizer.LimitVocabulary(Size + 2).ShouldBeSameAs(tokenizer);
        var fitted = tokenizer.LimitVocabulary(Size + 1);
        (fitted.VocabularySize, fitted.PaddingId).ShouldBe((Size + 1, Size));
        fitted.Encode("<a> dog").Ids.ToArray().ShouldBe([2, 1, 13, 1, 11, 3]);
        fitted.Warnings.ShouldHaveSingleItem().ShouldEndWith(
            "tokenizer_config.json: the special token '<a>' was left out: it is not in the vocabulary, and the model has no embedding for its id 22.");
    }

    [Theory]
    [InlineData("""{"max_len": 9}""", 9)]
    [InlineData("""{"max_len": 9, "model_max_length": 11}""", 11)]
    [InlineData("""{"model_max_length": null}""", int.MaxValue)]
    public void The_longest_input_has_an_older_name(string configuration, int length) => Load(configuration).ModelMaxLength.ShouldBe(length);

    [Theory]
    [InlineData("""{"model_max_length": 0}""", "model_max_length: found 0, expected a number of at least 1")]
    [InlineData("""{"model_max_length": "512"}""", "model_max_length: found \"512\", expected a number of at least 1")]
    [InlineData("""{"pad_token": 3}""", "pad_token: found 3, expected a token or an object with its content")]
    [InlineData("""{"tokenizer_class": 3}""", "tokenizer_class: found 3, expected a text")]
    [InlineData("""{"padding_side": "top"}""", "padding_side: 'top' is not supported; supported are left, right")]
    public void An_option_of_another_kind_is_named(string configuration, string message) =>
        Should.Throw<TokenizerFormatException>(() => Load(configuration)).Message.ShouldEndWith($"tokenizer_config.json: {message}.");

    [Fact]
    public void A_section_that_an_option_changes_may_have_members_twice_and_of_another_kind()
    {
        const string Options = """{"tokenizer_class": "BertTokenizer", "do_lower_case": false}""";
        Load(Options, json: root => root["normalizer"]!["lowercase"] = 3).Encode("The").Tokens[1].ShouldBe("[UNK]");
        using var folder = new TemporaryFolder();
        Tokenizer.CreateBert(Vocabulary.Small).SaveJson(folder.Path);
        var json = File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json"));
        folder.Write("tokenizer.json", json.Replace("\"lowercase\"", "\"lowercase\":false,\"lowercase\"", StringComparison.Ordinal)).Write("tokenizer_config.json", Options);
        Tokenizer.Load(folder.Path).Encode("The").Tokens[1].ShouldBe("[UNK]");
    }

    // <unk> 0, <s> 1, </s> 2, ▁a 3, de_DE 4; a template that begins with <s>.
    private const string Decoder = """
        {"version": "1.0", "added_tokens": [
          {"id": 1, "content": "<s>", "special": true, "normalized": false}, {"id": 2, "content": "</s>", "special": true, "normalized": false},
          {"id": 4, "content": "de_DE", "special": true, "normalized": false}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
         "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
           "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
           "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
         "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
         "model": {"type": "BPE", "unk_token": "<unk>", "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "▁a": 3, "de_DE": 4, "a": 6, "▁": 7}, "merges": ["▁ a"]}}
        """;

    private static Tokenizer Load(string? configuration = null, string? map = null, string? added = null, Action<JsonNode>? json = null)
    {
        using var folder = new TemporaryFolder();
        Tokenizer.CreateBert(Vocabulary.Small).SaveJson(folder.Path);
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Path, "tokenizer.json")))!;
        json?.Invoke(root);
        folder.Write("tokenizer.json", root.ToJsonString());
        foreach (var (name, content) in new[] { ("tokenizer_config.json", configuration), ("special_tokens_map.json", map), ("added_tokens.json", added) })
        {
            if (content is not null)
            {
                folder.Write(name, content);
            }
        }

        return Tokenizer.Load(folder.Path);
    }

    private static void Add(JsonNode root, params ReadOnlySpan<string> tokens)
    {
        foreach (var token in tokens)
        {
            root["added_tokens"]!.AsArray().Add(JsonNode.Parse(token));
        }
    }
}
