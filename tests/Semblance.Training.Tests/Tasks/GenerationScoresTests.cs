namespace Semblance.Training.Tests.Tasks;

/// <summary>ROUGE, chrF and BLEU against the published examples of rouge_score and sacreBLEU, and hand-computed cases.</summary>
public class GenerationScoresTests
{
    private static readonly string[] Predictions = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."];
    private static readonly string[][] References =
    [
        ["The dog bit the man.", "The dog had bit the man."], ["It was not unexpected.", "No one was surprised."],
        ["The man bit him first.", "The man had bitten the dog."],
    ];

    [Theory]
    [InlineData("testing", 1, 1, 1.0 / 3)]
    [InlineData("testing one", 2, 1, 1.0 / 2)]
    [InlineData("", 1, 0, 0)]
    [InlineData("testing", 2, 0, 0)] // no pair of words
    public void Overlap_of_n_grams_is_that_of_rouge_score(string prediction, int n, double precision, double recall)
    {
        var score = new Rouge().OfNGrams(prediction, "testing one two", n);
        score.Precision.ShouldBe(precision, 1e-12);
        score.Recall.ShouldBe(recall, 1e-12);
    }

    [Theory]
    [InlineData("testing one", 1, 2.0 / 3, 4.0 / 5)]
    [InlineData("testing two", 1, 2.0 / 3, 4.0 / 5)]
    [InlineData("two testing", 1.0 / 2, 1.0 / 3, 2.0 / 5)]
    [InlineData("", 0, 0, 0)]
    public void The_longest_common_subsequence_is_that_of_rouge_score(string prediction, double precision, double recall, double f)
    {
        var score = new Rouge().OfSubsequence(prediction, "testing one two");
        (score.Precision, score.Recall).ShouldBe((precision, recall));
        score.FMeasure.ShouldBe(f, 1e-12);
    }

    [Theory]
    [InlineData("w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", 0.4, 0.8)] // the example of Lin 2004, section 3.2
    [InlineData("w1 w2 w3 w4 w5", "", 0, 0)]
    [InlineData("", "w1", 0, 0)]
    [InlineData("w1 w2 w3 w4 w5", "/", 0, 0)]
    [InlineData("a b\na b", "a b", 1, 0.5)] // a generated token counts once
    [InlineData("a b", "a b\n\na b", 0.5, 1)]
    public void Sentences_of_summaries_are_compared_by_the_union_of_their_subsequences(string reference, string prediction, double precision, double recall)
    {
        var score = new Rouge().OfSummary(prediction, reference);
        score.Precision.ShouldBe(precision, 1e-12);
        score.Recall.ShouldBe(recall, 1e-12);
    }

    [Fact]
    public void Words_are_lower_case_letters_and_digits_and_stems_are_those_of_longer_words()
    {
        new Rouge().OfNGrams("The-CAT's 2nd", "the cat s 2nd", 1).FMeasure.ShouldBe(1);
        new Rouge().OfNGrams("für", "f r", 1).FMeasure.ShouldBe(1); // rouge_score separates words at other letters
        new Rouge().OfNGrams("running", "runs", 1).FMeasure.ShouldBe(0);
        new Rouge(stemming: true).OfNGrams("running", "runs", 1).FMeasure.ShouldBe(1);
        new Rouge(stemming: true).OfNGrams("ran", "run", 1).FMeasure.ShouldBe(0);
        new Rouge(stemming: true).OfNGrams("its", "it", 1).FMeasure.ShouldBe(0); // at most three letters
    }

    [Fact]
    public void Chinese_characters_are_tokens()
    {
        var score = new Rouge().OfNGrams("网点晚上营业", "网点晚上不营业", 1);
        (score.Precision, score.Recall).ShouldBe((1, 6.0 / 7));
        new Rouge().OfNGrams("网点ATM营业", "网点 atm 营业", 2).FMeasure.ShouldBe(1);
    }

    // The examples of Porter 1980, and the extensions of NLTK.
    [Theory]
    [InlineData("caresses", "caress")]
    [InlineData("ponies", "poni")]
    [InlineData("ties", "tie")]
    [InlineData("cats", "cat")]
    [InlineData("feed", "feed")]
    [InlineData("agreed", "agre")]
    [InlineData("plastered", "plaster")]
    [InlineData("bled", "bled")]
    [InlineData("motoring", "motor")]
    [InlineData("sing", "sing")]
    [InlineData("conflated", "conflat")]
    [InlineData("troubled", "troubl")]
    [InlineData("sized", "size")]
    [InlineData("hopping", "hop")]
    [InlineData("falling", "fall")]
    [InlineData("filing", "file")]
    [InlineData("happy", "happi")]
    [InlineData("relational", "relat")]
    [InlineData("conditional", "condit")]
    [InlineData("rational", "ration")]
    [InlineData("digitizer", "digit")]
    [InlineData("radically", "radic")]
    [InlineData("vietnamization", "vietnam")]
    [InlineData("hopefulness", "hope")]
    [InlineData("sensibility", "sensibl")]
    [InlineData("electrical", "electr")]
    [InlineData("goodness", "good")]
    [InlineData("revival", "reviv")]
    [InlineData("adjustment", "adjust")]
    [InlineData("adoption", "adopt")]
    [InlineData("probate", "probat")]
    [InlineData("rate", "rate")]
    [InlineData("cease", "ceas")]
    [InlineData("controlling", "control")]
    [InlineData("dies", "die")]
    [InlineData("died", "die")]
    [InlineData("dying", "die")]
    [InlineData("enjoy", "enjoy")]
    [InlineData("spied", "spi")]
    [InlineData("hopefully", "hope")]
    [InlineData("geology", "geolog")]
    [InlineData("news", "news")]
    public void Stems_are_those_of_the_stemmer_of_NLTK(string word, string stem) => PorterStemmer.Stem(word).ShouldBe(stem);

    // The cases of sacreBLEU's own tests, with β = 3.
    [Theory]
    [InlineData("a", "a", 100)]
    [InlineData("", "reference", 0)]
    [InlineData("a b c", "a b c", 100)]
    [InlineData("a b c", "abc", 100)]
    [InlineData("", "c", 0)]
    [InlineData("aa", "ab", 25)]
    [InlineData("abcdefg", "hijklmnop", 0)]
    [InlineData(
        " risk assessment must be made of those who are qualified and expertise in the sector - these are the scientists .",
        "risk assessment has to be undertaken by those who are qualified and expert in that area - that is the scientists .", 63.361730)]
    [InlineData(
        " Die    Beziehung zwischen  Obama und Netanjahu ist nicht gerade  freundlich. ",
        "Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.", 64.1302698)]
    public void Character_n_grams_are_scored_as_by_sacreBLEU(string prediction, string reference, double expected)
    {
        new ChrF { Beta = 3 }.OfCorpus([prediction], [[reference]]).ShouldBe(expected, 1e-4);
        new ChrF { Beta = 3 }.OfSentence(prediction, reference).ShouldBe(expected, 1e-4);
    }

    [Fact]
    public void N_grams_of_a_corpus_are_counted_together_and_the_best_reference_counts()
    {
        new ChrF { Beta = 3 }.OfCorpus(["a", "b"], [["a"], ["c"]]).ShouldBe(50, 1e-10);
        new ChrF().OfSentence("the cat", "a dog", "the cat").ShouldBe(100);

        // Words "ab" "." against "ab" "!": one of two words, no pair; characters "ab." against "ab!": 2/3, 1/2, 0 of orders 1 to 3.
        var expected = 100 * ((2.0 / 3) + 0.5 + 0 + 0.5 + 0) / 5;
        new ChrF { WordOrder = 2 }.OfSentence("ab.", "ab!").ShouldBe(expected, 1e-10);
        Should.Throw<ArgumentException>(() => new ChrF().OfSentence("a")).Message.ShouldContain("no reference");
        Should.Throw<ArgumentException>(() => new ChrF().OfCorpus(["a"], [["a"], ["b"]])).Message.ShouldContain("references for 2");
    }

    [Fact]
    public void Translations_are_scored_as_in_the_example_of_sacreBLEU()
    {
        new Bleu().OfCorpus(Predictions, References).ShouldBe(48.530827, 1e-6);
        new Bleu().OfCorpus(["", "", ""], References).ShouldBe(0);
        new Bleu().OfCorpus(["a b c"], [["a b c"]]).ShouldBe(0); // no n-gram of four tokens
        new Bleu().OfSentence("a b c", "a b c").ShouldBe(100, 1e-10);
        new Bleu().OfSentence("a test", "a test").ShouldBe(100, 1e-10);
        new Bleu().OfSentence("test", "a test").ShouldBe(36.78794411714425, 1e-8); // the penalty e^(1 − 2) of a short text
        new Bleu().OfCorpus(["this is a fest"], [["this is a test"]]).ShouldBe(100 * Math.Pow(0.75 * 2 / 3 * 0.5 * 0.5, 0.25), 1e-8);
    }

    [Fact]
    public void Marks_are_tokens_except_within_numbers_and_Chinese_characters_are_tokens()
    {
        Tokens("Hello, world! It's 3.5% (or 1,000)…", BleuTokenizer.Standard).ShouldBe("Hello , world ! It's 3.5 % ( or 1,000 ) …");
        Tokens("a &quot;b&quot; end.", BleuTokenizer.Standard).ShouldBe("a \" b \" end .");
        Tokens("1990-2000 well-known", BleuTokenizer.Standard).ShouldBe("1990 - 2000 well-known");
        Tokens("网点ATM，3.5元。", BleuTokenizer.Chinese).ShouldBe("网 点 ATM ， 3.5 元 。");
        new Bleu(BleuTokenizer.Chinese).OfCorpus(["网点晚上营业"], [["网点晚上营业"]]).ShouldBe(100, 1e-10);

        static string Tokens(string text, BleuTokenizer tokenizer) => string.Join(' ', new Bleu(tokenizer).Tokenize(text));
    }

    [Fact]
    public void All_scores_are_fractions()
    {
        var scores = GenerationScores.Of(Predictions, References);
        scores.Keys.ShouldBe(["rouge1", "rouge2", "rougeL", "rougeLsum", "chrf", "bleu"]);
        scores["bleu"].ShouldBe(0.48530827, 1e-8);
        scores["chrf"].ShouldBe(new ChrF().OfCorpus(Predictions, References) / 100, 1e-12);
        GenerationScores.Of(["网点晚上营业"], [["网点晚上营业"]])["bleu"].ShouldBe(1, 1e-10); // by characters
    }

    [Fact]
    public void The_lead_of_a_text_is_its_first_sentences()
    {
        LeadSentences.Of("One. Two! Is it \"three\"? Four.").ShouldBe("One.\nTwo!\nIs it \"three\"?");
        LeadSentences.Of("第一。第二！第三。第四。", 2).ShouldBe("第一。\n第二！");
        LeadSentences.Of("One\n\nTwo three", 5).ShouldBe("One\nTwo three");
    }
}
