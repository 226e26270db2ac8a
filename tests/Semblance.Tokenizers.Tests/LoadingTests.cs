using System.Text.Json.Nodes;

namespace Semblance.Tokenizers.Tests;

public class LoadingTests
{
    private const string Text = "The runner É [MASK] 世界. x";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_tokenizer_made_in_code_is_the_same_after_saving_and_loading(bool lowerCase)
    {
        using var folder = new TemporaryFolder();
        var made = Tokenizer.CreateBert(Vocabulary.Small, lowerCase);
        made.Save(folder.Path);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order()
            .ShouldBe(["special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"]);
        ShouldBeAlike(Tokenizer.Load(folder.Path), made);

        File.Delete(Path.Combine(folder.Path, "tokenizer.json"));
        ShouldBeAlike(Tokenizer.Load(folder.Path), made);
    }

    [Fact]
    public void Saving_writes_back_what_was_loaded()
    {
        using var source = new TemporaryFolder();
        using var target = new TemporaryFolder();
        source.Write("vocab.txt", string.Join("\r\n", Vocabulary.Small)).Write("tokenizer_config.json", """{"model_max_length": 1000000000000000019884624838656, "do_lower_case": false}""");
        var tokenizer = Tokenizer.Load(source.Path);
        tokenizer.ModelMaxLength.ShouldBe(int.MaxValue);
        tokenizer.Save(target.Path);
        foreach (var name in (string[])["vocab.txt", "tokenizer_config.json"])
        {
            File.ReadAllBytes(Path.Combine(target.Path, name)).ShouldBe(File.ReadAllBytes(Path.Combine(source.Path, name)));
        }

        Directory.GetFiles(target.Path).Length.ShouldBe(2);
        tokenizer.Save(target.Path);
    }

    [Fact]
    public void Options_of_a_vocabulary_are_read_from_its_configuration()
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", "<p>\n<u>\n<c>\n<s>\nthe\nThe\nÉ\né\n<x>\n").Write("tokenizer_config.json", """
            {
              "do_lower_case": false, "model_max_length": 64, "pad_token": "<p>", "unk_token": {"content": "<u>", "lstrip": false},
              "added_tokens_decoder": {"8": {"content": "<x>", "lstrip": true, "special": true}, "9": {"content": "new one", "special": false, "normalized": false}}
            }
            """).Write("special_tokens_map.json", """{"cls_token": "<c>", "sep_token": {"content": "<s>"}}""");
        var tokenizer = Tokenizer.Load(folder.Path);
        tokenizer.ModelMaxLength.ShouldBe(64);
        (tokenizer.PaddingId, tokenizer.UnknownId, tokenizer.ClassId, tokenizer.SeparatorId, tokenizer.MaskId).ShouldBe((0, 1, 2, 3, null));
        tokenizer.VocabularySize.ShouldBe(10);
        var encoding = tokenizer.Encode("The É  <x>new one");
        encoding.Ids.ToArray().ShouldBe([2, 5, 6, 8, 9, 3]);
        encoding.Tokens[3].ShouldBe("  <x>");
        tokenizer.Decode(encoding.Ids).ShouldBe("The É new one");
    }

    [Fact]
    public void An_added_token_can_ask_for_a_whole_word_and_be_found_after_normalization()
    {
        using var folder = new TemporaryFolder();
        WriteChanged(folder, json => json["added_tokens"]!.AsArray().Add(JsonNode.Parse(
            """{"id": 40, "content": "Dog", "single_word": true, "lstrip": false, "rstrip": true, "normalized": true, "special": false}""")));
        var tokenizer = Tokenizer.Load(folder.Path);
        tokenizer.Encode("a DOG dogs adog dog").Tokens.ShouldBe(["[CLS]", "a", "dog ", "dog", "##s", "[UNK]", "dog", "[SEP]"]);
        tokenizer.TokenToId("Dog").ShouldBe(21);
    }

    [Fact]
    public void Type_ids_and_special_tokens_follow_the_template()
    {
        using var folder = new TemporaryFolder();
        WriteChanged(folder, json => json["post_processor"] = JsonNode.Parse("""{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}"""));
        Tokenizer.Load(folder.Path).Encode("the", "run").TypeIds.ToArray().ShouldBe([0, 0, 0, 1, 1]);
        WriteChanged(folder, json => json["post_processor"] = JsonNode.Parse("""{"type": "RobertaProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}"""));
        Tokenizer.Load(folder.Path).Encode("the", "run").TypeIds.ToArray().ShouldBe([0, 0, 0, 0, 0, 0]);
        WriteChanged(folder, json => json["post_processor"] = null);
        Tokenizer.Load(folder.Path).Encode("the", "run").TypeIds.ToArray().ShouldBe([0, 1]);
    }

    [Fact]
    public void White_space_that_an_added_token_took_in_is_left_out_of_its_range()
    {
        using var folder = new TemporaryFolder();
        WriteChanged(folder, json =>
        {
            json["post_processor"] = JsonNode.Parse("""{"type": "RobertaProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2], "add_prefix_space": false}""");
            json["added_tokens"]![4]!["lstrip"] = true;
        });
        var tokenizer = Tokenizer.Load(folder.Path);
        var encoding = tokenizer.Encode(string.Concat(Enumerable.Repeat("  [MASK]", 1 << 17)));
        encoding.Count.ShouldBe((1 << 17) + 2);
        encoding.Tokens[2].ShouldBe("  [MASK]");
        encoding.Offsets[2].ShouldBe((10, 16));
    }

    [Fact]
    public void The_truncation_section_is_reported_and_not_applied()
    {
        using var folder = new TemporaryFolder();
        WriteChanged(folder, json => json["truncation"] = JsonNode.Parse("""{"max_length": 3, "strategy": "LongestFirst", "stride": 0}"""));
        var tokenizer = Tokenizer.Load(folder.Path);
        tokenizer.TruncationLength.ShouldBe(3);
        tokenizer.Encode("the the the").Count.ShouldBe(5);
    }

    [Theory]
    [InlineData("normalizer", "Unheard", "normalizer type 'Unheard' is not supported; supported are BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents.")]
    [InlineData("pre_tokenizer", "Unheard", "pre_tokenizer type 'Unheard' is not supported; supported are BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Sequence, Split, UnicodeScripts, Whitespace, WhitespaceSplit.")]
    [InlineData("model", "Unheard", "model type 'Unheard' is not supported; supported are BPE, Unigram, WordLevel, WordPiece.")]
    [InlineData("post_processor", "Unheard", "post_processor type 'Unheard' is not supported; supported are BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing.")]
    [InlineData("decoder", "Unheard", "decoder type 'Unheard' is not supported; supported are BPEDecoder, ByteFallback, ByteLevel, CTC, Fuse, Metaspace, Replace, Sequence, Strip, WordPiece.")]
    public void A_component_that_is_not_supported_is_named(string component, string type, string message)
    {
        using var folder = new TemporaryFolder();
        WriteChanged(folder, json => json[component]!["type"] = type);
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message
            .ShouldContain($"{Path.Combine(folder.Path, "tokenizer.json")}: {message}");
    }

    [Theory]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Unheard"}]}""", "Unheard", "BertNormalizer ByteLevel Lowercase NFC NFD NFKC NFKD Nmt Precompiled Prepend Replace Sequence Strip StripAccents")]
    [InlineData("pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "Unheard"}]}""", "Unheard", "BertPreTokenizer ByteLevel CharDelimiterSplit Digits FixedLength Metaspace Punctuation Sequence Split UnicodeScripts Whitespace WhitespaceSplit")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "prepend_scheme": "last"}""", "last", "always first never")]
    [InlineData("pre_tokenizer", """{"type": "Punctuation", "behavior": "Doubled"}""", "Doubled", "Contiguous Isolated MergedWithNext MergedWithPrevious Removed")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": "x"}, "behavior": "Doubled"}""", "Doubled", "Contiguous Isolated MergedWithNext MergedWithPrevious Removed")]
    [InlineData("post_processor", """{"type": "Sequence", "processors": [{"type": "Unheard"}]}""", "Unheard", "BertProcessing ByteLevel RobertaProcessing Sequence TemplateProcessing")]
    [InlineData("decoder", """{"type": "Sequence", "decoders": [{"type": "Unheard"}]}""", "Unheard", "BPEDecoder ByteFallback ByteLevel CTC Fuse Metaspace Replace Sequence Strip WordPiece")]
    [InlineData("decoder", """{"type": "Metaspace", "prepend_scheme": "last"}""", "last", "always first never")]
    [InlineData("truncation", """{"max_length": 8, "direction": "Middle"}""", "Middle", "Left Right")]
    public void A_part_of_a_component_is_named_with_the_file_and_those_that_are_supported(string component, string json, string part, string supported)
    {
        using var folder = new TemporaryFolder();
        WriteChanged(folder, root => root[component] = JsonNode.Parse(json));
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).ShouldName(Path.Combine(folder.Path, "tokenizer.json") + ": " + component, part, supported);
    }

    [Theory]
    [InlineData("vocab.txt", "MPNetTokenizer", "BertTokenizer ConvBertTokenizer DistilBertTokenizer ElectraTokenizer MobileBertTokenizer")]
    [InlineData("vocab.txt", "BertJapaneseTokenizer", "BertTokenizer")]
    [InlineData("vocab.txt", "EsmTokenizer", "BertTokenizer")]
    [InlineData("vocab.json", "BartTokenizerFast", "CLIPTokenizer GPT2Tokenizer RobertaTokenizer")]
    public void A_class_that_a_vocabulary_alone_does_not_make_is_named_with_those_that_it_does(string file, string name, string supported)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", string.Join('\n', Vocabulary.Small)).Write("tokenizer_config.json", $$"""{"tokenizer_class": "{{name}}"}""");
        if (file == "vocab.json")
        {
            folder.Write(file, """{"a": 0, "b": 1, "ab": 2}""").Write("merges.txt", "a b\n");
        }

        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).ShouldName(Path.Combine(folder.Path, file), name.Replace("Fast", "", StringComparison.Ordinal), supported);
    }

    [Fact]
    public void A_class_that_a_SentencePiece_model_alone_does_not_make_is_named_with_those_that_it_does()
    {
        using var folder = new TemporaryFolder();
        folder.Write("spiece.model", File.ReadAllBytes(Fixtures.Own("tokenizers/sentencepiece/unigram.model")))
            .Write("tokenizer_config.json", """{"tokenizer_class": "PegasusTokenizer"}""");
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).ShouldName(
            Path.Combine(folder.Path, "spiece.model"), "PegasusTokenizer", "AlbertTokenizer CamembertTokenizer DebertaV2Tokenizer GemmaTokenizer LlamaTokenizer MBart50Tokenizer MBartTokenizer T5Tokenizer XLMRobertaTokenizer");
    }

    [Theory]
    [InlineData("""{"truncation_side": "left"}""", "Right", Side.Left)]
    [InlineData("""{"truncation_side": "right"}""", "Left", Side.Right)]
    [InlineData("{}", "Left", Side.Left)]
    [InlineData("{}", null, Side.Right)]
    public void Tokens_are_taken_at_the_end_that_the_files_name(string configuration, string? direction, Side side)
    {
        using var folder = new TemporaryFolder();
        WriteChanged(folder, json => json["truncation"] = direction is null ? null : JsonNode.Parse($$"""{"max_length": 3, "direction": "{{direction}}"}"""));
        folder.Write("tokenizer_config.json", configuration);
        var tokenizer = Tokenizer.Load(folder.Path);
        tokenizer.TruncationSide.ShouldBe(side);
        foreach (var (text, pair, length) in new[] { ("the dog runs a b", null, 5), ("the dog runs", "a b e i", 6), ("the", "a b e i", 7), ("the dog", "a", 20), ("the dog", null, 1) })
        {
            var expected = tokenizer.Encode(text, pair, new TokenizerOptions { MaxLength = length, TruncationSide = side });
            tokenizer.Encode(text, pair, new TokenizerOptions { MaxLength = length }).Ids.ToArray().ShouldBe(expected.Ids.ToArray());
            var buffer = new TokenBuffer();
            tokenizer.Encode(text, pair, length, specialTokens: true, buffer, tokenizer.TruncationSide);
            buffer.Ids.ToArray().ShouldBe(expected.Ids.ToArray());
            buffer.TypeIds.ToArray().ShouldBe(expected.TypeIds.ToArray());
            buffer.Truncated.ShouldBe(expected.Truncated);
        }

        tokenizer.Encode("the dog runs", options: new TokenizerOptions { MaxLength = 3 }).Tokens[1].ShouldBe(side == Side.Left ? "runs" : "the");
    }

    [Theory]
    [InlineData("tokenizer.json", "", "cannot be read as JSON")]
    [InlineData("tokenizer.json", "{\"model\": {", "LineNumber: 0")]
    [InlineData("tokenizer.json", "[]", "expected an object")]
    [InlineData("tokenizer.json", "7", "expected an object")]
    [InlineData("tokenizer.json", "{}", "'model' is missing")]
    [InlineData("tokenizer.json", "{\"model\": null}", "'model' is missing")]
    [InlineData("tokenizer.json", "{\"model\": 3}", "found 3, expected an object")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": 1}}", "model.type: found 1, expected a text")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"\\ud800\"}}", "half of a surrogate pair")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"WordPiece\"}}", "'vocab' is missing")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"WordPiece\", \"vocab\": []}}", "model.vocab: found [], expected an object")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {}}}", "lacks the unknown token '[UNK]'")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"[UNK]\": -1}}}", "found -1, expected a whole number")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"[UNK]\": 2147483647}}}", "expected a whole number")]
    [InlineData("tokenizer.json", "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"\\udc00\": 0}}}", "half of a surrogate pair")]
    [InlineData("tokenizer.json", "{\"added_tokens\": [{}], \"model\": {\"type\": \"WordPiece\", \"vocab\": {\"[UNK]\": 0}}}", "added_tokens[0]: 'id' is missing")]
    [InlineData("tokenizer.json", "{\"post_processor\": {\"type\": \"BertProcessing\", \"cls\": [1]}, \"model\": {\"type\": \"WordPiece\", \"vocab\": {\"[UNK]\": 0}}}", "post_processor.cls: expected [token, id]")]
    [InlineData("tokenizer.json", "{\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"x\"}}]}, \"model\": {\"type\": \"WordPiece\", \"vocab\": {\"[UNK]\": 0}}}", "'special_tokens' is missing")]
    [InlineData("vocab.txt", "", "lacks the special token '[UNK]'")]
    [InlineData("vocab.txt", "a\nb\n", "lacks the special token '[UNK]'")]
    [InlineData("vocab.txt", "[UNK]\n[CLS]\n", "lacks the special token '[SEP]'")]
    [InlineData("tokenizer_config.json", "{}", "is missing, and so is vocab.txt")]
    [InlineData("tokenizer_config.json", "{", "cannot be read as JSON")]
    public void A_malformed_file_is_named_with_what_is_wrong(string name, string content, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write(name, content);
        var exception = Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path));
        exception.Message.ShouldStartWith(folder.Path);
        exception.Message.ShouldContain(message);
        exception.Message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.txt")]
    [InlineData("tokenizer_config.json")]
    public void Random_bytes_are_a_format_error(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", string.Join('\n', Vocabulary.Small));
        var bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);
        folder.Write(name, bytes);
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load(folder.Path)).Message.ShouldContain("not UTF-8");
    }

    [Fact]
    public void A_broken_file_never_ends_in_another_exception()
    {
        using var folder = new TemporaryFolder();
        Tokenizer.CreateBert(Vocabulary.Small).Save(folder.Path);
        var path = Path.Combine(folder.Path, "tokenizer.json");
        var bytes = File.ReadAllBytes(path);
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var changed = bytes.ToArray();
            for (var change = 0; change < 3; change++)
            {
                changed[random.Next(changed.Length)] = (byte)"{}[]\",:0-9ntx\\"[random.Next(14)];
            }

            File.WriteAllBytes(path, changed);
            try
            {
                Tokenizer.Load(folder.Path).Encode(Text);
            }
            catch (TokenizerFormatException)
            {
            }
        }
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        Should.Throw<TokenizerFormatException>(() => Tokenizer.Load("/no/such/folder")).Message.ShouldStartWith("/no/such/folder: there is no such folder");

    [Theory]
    [InlineData("[PAD]", "lacks '[UNK]'")]
    [InlineData("[UNK] [CLS] [SEP] a\n", "cannot be a line")]
    public void A_vocabulary_that_makes_no_tokenizer_is_an_argument_error(string tokens, string message) =>
        Should.Throw<ArgumentException>(() => Tokenizer.CreateBert(tokens.Split(' '))).Message.ShouldContain(message);

    [Fact]
    public void A_token_with_a_lone_surrogate_is_an_argument_error() =>
        Should.Throw<ArgumentException>(() => Tokenizer.CreateBert(["[UNK]", "[CLS]", "[SEP]", "\ud800"])).Message.ShouldContain("cannot be a line");

    private static void ShouldBeAlike(Tokenizer found, Tokenizer expected)
    {
        var (encoding, other) = (found.Encode(Text, "a dog"), expected.Encode(Text, "a dog"));
        encoding.Ids.ToArray().ShouldBe(other.Ids.ToArray());
        encoding.Tokens.ShouldBe(other.Tokens);
        encoding.Offsets.ToArray().ShouldBe(other.Offsets.ToArray());
        found.VocabularySize.ShouldBe(expected.VocabularySize);
        found.PaddingId.ShouldBe(expected.PaddingId);
        found.Decode(encoding.Ids).ShouldBe(expected.Decode(other.Ids));
    }

    private static void WriteChanged(TemporaryFolder folder, Action<JsonNode> change)
    {
        Tokenizer.CreateBert(Vocabulary.Small).Save(folder.Path);
        var path = Path.Combine(folder.Path, "tokenizer.json");
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }
}
