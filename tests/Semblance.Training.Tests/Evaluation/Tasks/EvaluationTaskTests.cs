namespace Semblance.Training.Tests;

public sealed class EvaluationTaskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static SentenceTransformer Model => RecordedModel.MeanNormalize;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Similarity_is_that_of_its_evaluator_whatever_the_format()
    {
        Write("a.tsv", "score\tsentence1\tsentence2", "5\ta cat\ta cat", "1\ta cat\tthe moon", "3\ta cat\ta dog");
        Write("b.csv", "question1,question2,similarity", "a cat,\"a cat\",5", "a cat,the moon,1", "a cat,a dog,3");
        Write("c.jsonl", """{"left":"a cat","right":"a cat","label":5}""", """{"left":"a cat","right":"the moon","label":1}""", """{"left":"a cat","right":"a dog","label":3}""");
        var expected = new EmbeddingSimilarityEvaluator(["a cat", "a cat", "a cat"], ["a cat", "the moon", "a dog"], [5, 1, 3]).Evaluate(Model);
        EvaluationTask[] tasks =
        [
            EvaluationTask.Sts("a", "a.tsv"),
            EvaluationTask.Sts("b", "b.csv"),
            EvaluationTask.Sts("c", "c.jsonl", new EvaluationColumns { Texts = ["left", "right"] }),
        ];
        foreach (var task in tasks)
        {
            var metrics = task.Evaluate(Model, _folder.Path).Metrics;
            metrics["spearman"].ShouldBe(expected.Metrics["spearman_cosine"]);
            metrics["pearson"].ShouldBe(expected.Metrics["pearson_cosine"]);
        }
    }

    [Fact]
    public void Rows_before_the_test_are_left_to_learn_from()
    {
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"cat	the cat sat {i}" : $"moon	the moon tonight {i}")];
        Write("all.tsv", ["label	text", .. rows]);
        Write("train.tsv", ["label	text", .. rows[..30]]);
        Write("test.tsv", ["label	text", .. rows[30..]]);
        var task = EvaluationTask.Transfer("t", "all.tsv", from: 30);
        task.Evaluate(Model, _folder.Path).Metrics.ShouldBe(EvaluationTask.Transfer("t", "train.tsv", "test.tsv").Evaluate(Model, _folder.Path).Metrics);
        task.Tested.ShouldBe(new Dictionary<string, int> { ["all.tsv"] = 30 });
        Message(EvaluationTask.Transfer("t", "all.tsv", from: 40)).ShouldContain("all.tsv: the file has 40 rows; a test set from row 40 on leaves the training set or the test set empty");
        Write("pairs.tsv", "label	sentence1	sentence2", "1	a	b", "1	cat	cat", "0	cat	moon");
        Write("tail.tsv", "label	sentence1	sentence2", "1	cat	cat", "0	cat	moon");
        EvaluationTask.Pairs("p", "pairs.tsv", from: 1).Evaluate(Model, _folder.Path).Metrics.ShouldBe(EvaluationTask.Pairs("p", "tail.tsv").Evaluate(Model, _folder.Path).Metrics);
        Message(EvaluationTask.Pairs("p", "pairs.tsv", from: 3)).ShouldContain("the file has no rows from row 3 on");
    }

    [Fact]
    public void The_overlap_of_characters_stands_beside_the_model()
    {
        Write("pairs.tsv", "label\tsentence1\tsentence2", "1\t我的卡\t我 的 卡", "0\t我的卡\t晚上好", "1\t再见\t再会见");
        var result = EvaluationTask.Pairs("pairs", "pairs.tsv", overlap: true).Evaluate(Model, _folder.Path);
        result.Baseline!["accuracy"].ShouldBe(1);
        result.Baseline["f1_threshold"].ShouldBe(1 / 3.0, 1e-12); // between 2/3 and 0
        result.Metrics.Keys.ShouldBe(result.Baseline.Keys);
        result.Task.Headline.ShouldBeSubsetOf(result.Metrics.Keys);
        CharacterOverlap.Jaccard("abc", "bcd").ShouldBe(0.5);
        CharacterOverlap.Jaccard("", " ").ShouldBe(0);
    }

    [Fact]
    public void Retrieval_takes_titles_judgments_and_BM25()
    {
        Write("corpus.tsv", "doc_id\ttitle\ttext", "1\tWings\tWings in a slipstream", "2\tHeat\tof metal plates", "3\t\t");
        Write("queries.tsv", "query_id\ttext", "q1\tslipstream", "q2\theat", "q3\tnothing is relevant to this");
        Write("qrels.tsv", "query_id\tdoc_id\trelevance", "q1\t1\t2", "q2\t2\t1", "q3\t1\t0", "q2\t99\t1");
        var result = EvaluationTask.Retrieval("r", "corpus.tsv", "queries.tsv", "qrels.tsv", bm25: true).Evaluate(Model, _folder.Path);
        result.Baseline!["mrr@10"].ShouldBe(1);
        result.Baseline["recall@10"].ShouldBe((1 + 0.5) / 2);
        var relevant = new Dictionary<string, IReadOnlySet<string>> { ["q1"] = new HashSet<string> { "1" }, ["q2"] = new HashSet<string> { "2", "99" } };
        var expected = new InformationRetrievalEvaluator(
            new OrderedDictionary<string, string> { ["q1"] = "slipstream", ["q2"] = "heat" },
            new OrderedDictionary<string, string> { ["1"] = "Wings in a slipstream", ["2"] = "Heat of metal plates", ["3"] = "" },
            relevant).Evaluate(Model);
        result.Metrics["ndcg@10"].ShouldBe(expected.Metrics["cosine_ndcg@10"]);
        result.Metrics["map@100"].ShouldBe(expected.Metrics["cosine_map@100"]);
    }

    [Fact]
    public void A_question_may_name_its_document()
    {
        Write("corpus.tsv", "doc_id\ttext", "0\ta cat on the mat", "1\tthe moon tonight");
        Write("queries.tsv", "query_id\trelevant_doc_id\tquestion", "x\t1\tthe moon tonight", "y\t0\ta cat on the mat");
        EvaluationTask.Retrieval("r", "corpus.tsv", "queries.tsv").Evaluate(Model, _folder.Path).Metrics["accuracy@1"].ShouldBe(1);
    }

    [Fact]
    public void Texts_of_a_group_are_paraphrases()
    {
        Write("groups.tsv", "group_id\ttext", "a\tthe cat sat", "b\tbuy two plums", "a\tthe cat sat", "b\tbuy two plums");
        EvaluationTask.Mining("m", "groups.tsv").Evaluate(Model, _folder.Path).Metrics["average_precision"].ShouldBe(1);
    }

    [Fact]
    public void Languages_are_the_first_two_columns_unless_named()
    {
        Write("t.tsv", "en\tzh\tde", "cat\tdog\tcat", "moon\tsun\tmoon", "plum\tpear\tplum");
        EvaluationTask.Bitext("b", "t.tsv").Evaluate(Model, _folder.Path).Metrics["mean_accuracy"].ShouldBeLessThan(1);
        EvaluationTask.Bitext("b", "t.tsv", new EvaluationColumns { Texts = ["en", "de"] }).Evaluate(Model, _folder.Path).Metrics["mean_accuracy"].ShouldBe(1);
    }

    [Fact]
    public void A_file_that_does_not_fit_is_named()
    {
        Write("odd.tsv", "left\tright", "a\tb");
        Message(EvaluationTask.Sts("x", "odd.tsv")).ShouldBe($"{Path.Combine(_folder.Path, "odd.tsv")}, line 1: none of the columns left, right has a common name for the texts; name the column.");
        Message(EvaluationTask.Sts("x", "none.tsv")).ShouldContain("there is no such file");
        Write("head.tsv", "score\tsentence1\tsentence2");
        Message(EvaluationTask.Sts("x", "head.tsv")).ShouldContain("the file has no rows");
        Write("train.tsv", "label\ttext", "red\ta", "blue\tb");
        Write("test.tsv", "label\ttext", "green\tc");
        Message(EvaluationTask.Centroid("x", "train.tsv", "test.tsv")).ShouldContain("there is no label 'green'; the 2 labels are red, blue");
        Write("twice.tsv", "doc_id\ttext", "1\ta", "1\tb");
        Message(EvaluationTask.Retrieval("x", "twice.tsv", "twice.tsv")).ShouldContain("the id '1' occurs twice");
        Message(EvaluationTask.Sts("x", "odd.tsv", new EvaluationColumns { Texts = ["left"] })).ShouldContain("needs 2 text columns, but 1 are named");
    }

    [Fact]
    public void Answers_are_searched_among_the_sentences_of_all_questions()
    {
        Write("answers.tsv", "question\tsentence\tlabel", "who?\tan apple is red\t1", "who?\tthe moon is far\t0", "what?\tthe moon is far\t1", "why?\tan apple is red\t0");
        var expected = new InformationRetrievalEvaluator(
            new OrderedDictionary<string, string> { ["who?"] = "who?", ["what?"] = "what?" },
            new OrderedDictionary<string, string> { ["1"] = "an apple is red", ["2"] = "the moon is far" },
            new Dictionary<string, IReadOnlySet<string>> { ["who?"] = new HashSet<string> { "1" }, ["what?"] = new HashSet<string> { "2" } }).Evaluate(Model);
        var task = EvaluationTask.Answers("a", "answers.tsv", bm25: true);
        task.Kind.ShouldBe("retrieval");
        task.Evaluate(Model, _folder.Path).Metrics["ndcg@10"].ShouldBe(expected.Metrics["cosine_ndcg@10"]);
        Write("odd.tsv", "question\tsentence\tlabel", "who?\tan apple\tyes");
        Message(EvaluationTask.Answers("a", "odd.tsv")).ShouldContain("is 'yes'; a number is expected");
    }

    [Fact]
    public void Ways_to_search_are_compared_at_the_same_questions()
    {
        Write("corpus.tsv", "doc_id\ttext", "1\twings in a slipstream", "2\theat of metal plates", "3\tnothing");
        Write("queries.tsv", "query_id\ttext", "1\tslipstream", "2\theat");
        var task = EvaluationTask.Retrieval("r", "corpus.tsv", "queries.tsv", bm25: true);
        var reranker = CrossEncoder.Load(Fixtures.Own("st/cross-encoder"));
        var (sparse, tokens) = (SparseEncoder.Load(Fixtures.Own("st/splade")), MultiVectorEncoder.Of(Model));
        var results = task.Compare(
            Enum.GetValues<RetrievalMethod>(), Model, (retriever, texts) => new RetrieveAndRerank(retriever, texts, reranker), _folder.Path,
            encoders: new Dictionary<RetrievalMethod, ITrainableModel> { [RetrievalMethod.Sparse] = sparse, [RetrievalMethod.Tokens] = tokens });
        results[RetrievalMethod.Sparse].ShouldBe(task.Evaluate(sparse, _folder.Path).Metrics);
        results[RetrievalMethod.Tokens].ShouldBe(task.Evaluate(tokens, _folder.Path).Metrics);
        var alone = task.Evaluate(Model, _folder.Path);
        results[RetrievalMethod.Model].ShouldBe(alone.Metrics);
        results[RetrievalMethod.Bm25].ShouldBe(alone.Baseline!);
        string[] corpus = ["wings in a slipstream", "heat of metal plates", "nothing"];
        var search = new RetrieveAndRerank(new HybridSearch(Model, corpus), corpus, reranker);
        var expected = new[] { ("slipstream", 0), ("heat", 1) }.Average(query => 1.0 / (1 + Array.FindIndex(search.Search(query.Item1), hit => hit.Index == query.Item2)));
        results[RetrievalMethod.Rerank]["mrr@10"].ShouldBe(expected, 1e-12);
        results[RetrievalMethod.Hybrid].Keys.ShouldBe(alone.Metrics.Keys);
        Should.Throw<ArgumentException>(() => task.Compare([RetrievalMethod.Rerank], Model, null, _folder.Path)).Message.ShouldContain("needs a reranker");
        Write("pairs.tsv", "label\tsentence1\tsentence2", "1\ta\tb");
        Should.Throw<InvalidOperationException>(() => EvaluationTask.Pairs("p", "pairs.tsv").Compare([RetrievalMethod.Model], Model, null, _folder.Path)).Message.ShouldContain("pairs");
    }

    public static TheoryData<string, string[]> TooLittle => new()
    {
        { "sts: at least two pairs with different scores", ["sentence1\tsentence2\tscore", "a\tb\t1"] },
        { "sts: at least two pairs with different scores", ["sentence1\tsentence2\tscore", "a\tb\t1", "c\td\t1.0"] },
        { "sts: the file has no rows", ["sentence1\tsentence2\tscore"] },
        { "sts: the file is empty", [] },
        { "pairs: at least one positive and one negative pair", ["sentence1\tsentence2\tlabel", "a\tb\t1", "c\td\t1"] },
        { "pairs: at least one positive and one negative pair", ["sentence1\tsentence2\tlabel", "a\tb\t0"] },
        { "triplets: the file has no rows", ["anchor\tpositive\tnegative"] },
        { "transfer: a cross-validation with 10 folds needs at least 10 rows, and 3 of each of two labels", ["text\tlabel", "a\t0", "b\t1", "c\t0", "d\t1", "e\t0", "f\t1"] },
        { "transfer: 1 of them with the second most frequent label", ["text\tlabel", .. Enumerable.Range(0, 12).Select(i => $"t{i}\t{(i == 0 ? 1 : 0)}")] },
        { "transfer: at least two labels", ["text\tlabel", "a\t0", "b\t0"] },
        { "nli: a cross-validation with 10 folds needs at least 10 rows", ["premise\thypothesis\tlabel", "a\tb\t0", "c\td\t1"] },
        { "tested: at least 2 of each of two labels", ["text\tlabel", "a\t0", "b\t0", "c\t1"] },
        { "centroid: at least two labels", ["text\tlabel", "a\t0", "b\t0"] },
        { "paraphrase-mining: at least one pair", ["text\tgroup_id", "a\t0", "b\t1"] },
        { "bitext: at least two pairs", ["en\tde", "a\tb"] },
        { "clustering: at least two labels", ["text\tlabel", "a\t0", "b\t0"] },
        { "answers: at least one is needed", ["question\tsentence\tlabel", "a\tb\t0"] },
        { "answers: a number is expected", ["question\tsentence\tlabel", "a\tb\tNaN"] },
    };

    [Theory]
    [MemberData(nameof(TooLittle))]
    public void Too_little_to_evaluate_on_names_the_file_and_the_least(string expected, string[] lines)
    {
        Write("x.tsv", lines);
        var (kind, least) = (expected[..expected.IndexOf(':', StringComparison.Ordinal)], expected[(expected.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        var task = kind switch
        {
            "sts" => EvaluationTask.Sts("x", "x.tsv"),
            "pairs" => EvaluationTask.Pairs("x", "x.tsv"),
            "triplets" => EvaluationTask.Triplets("x", "x.tsv"),
            "transfer" => EvaluationTask.Transfer("x", "x.tsv"),
            "nli" => EvaluationTask.Transfer("x", "x.tsv", pairs: true),
            "tested" => EvaluationTask.Transfer("x", "x.tsv", "x.tsv"),
            "centroid" => EvaluationTask.Centroid("x", "x.tsv", "x.tsv"),
            "paraphrase-mining" => EvaluationTask.Mining("x", "x.tsv"),
            "bitext" => EvaluationTask.Bitext("x", "x.tsv"),
            "clustering" => EvaluationTask.Clustering("x", "x.tsv"),
            _ => EvaluationTask.Answers("x", "x.tsv"),
        };
        var error = Should.Throw<DatasetException>(() => task.Evaluate(Model, _folder.Path));
        error.Message.ShouldStartWith(Path.Combine(_folder.Path, "x.tsv"));
        error.Message.ShouldContain(least);
    }

    [Fact]
    public void No_metric_is_undefined_where_vectors_or_similarities_are_all_the_same()
    {
        Write("sts.tsv", "sentence1\tsentence2\tscore", "a\ta\t1", "a\ta\t2", "a\ta\t3");
        Write("pairs.tsv", "sentence1\tsentence2\tlabel", "a\ta\t1", "a\ta\t0");
        Write("triplets.tsv", "anchor\tpositive\tnegative", "a\ta\ta");
        Write("texts.tsv", ["text\tlabel", .. Enumerable.Range(0, 12).Select(i => $"a\t{i % 2}")]);
        Write("bitext.tsv", "en\tde", "a\ta", "a\ta");
        Write("corpus.tsv", "doc_id\ttext", "1\ta", "2\ta");
        Write("queries.tsv", "query_id\ttext", "1\ta");
        EvaluationTask[] tasks =
        [
            EvaluationTask.Sts("x", "sts.tsv", overlap: true), EvaluationTask.Pairs("x", "pairs.tsv", overlap: true), EvaluationTask.Triplets("x", "triplets.tsv"), EvaluationTask.Transfer("x", "texts.tsv"),
            EvaluationTask.Transfer("x", "texts.tsv", "texts.tsv"), EvaluationTask.Centroid("x", "texts.tsv", "texts.tsv"), EvaluationTask.Mining("x", "texts.tsv", new EvaluationColumns { Label = "label" }),
            EvaluationTask.Bitext("x", "bitext.tsv"), EvaluationTask.Clustering("x", "texts.tsv"), EvaluationTask.Retrieval("x", "corpus.tsv", "queries.tsv", bm25: true),
        ];
        foreach (var task in tasks)
        {
            var result = task.Evaluate(Model, _folder.Path);
            result.Metrics.Values.Concat(result.Baseline?.Values ?? []).ShouldAllBe(value => double.IsFinite(value), task.Kind);
        }

        EvaluationTask.Sts("x", "sts.tsv").Evaluate(Model, _folder.Path).Metrics["spearman"].ShouldBe(0);
    }

    [Fact]
    public void A_judgment_that_is_no_number_is_named_by_its_line()
    {
        Write("corpus.tsv", "doc_id\ttext", "1\ta");
        Write("queries.tsv", "query_id\ttext", "1\ta");
        Write("qrels.tsv", "query_id\tdoc_id\trelevance", "1\t1\t1", "1\t1\t1e999");
        Message(EvaluationTask.Retrieval("x", "corpus.tsv", "queries.tsv", "qrels.tsv")).ShouldStartWith($"{Path.Combine(_folder.Path, "qrels.tsv")}, line 3: the relevance of '1' to '1' is '1e999'");
        Write("corpus.tsv", "doc_id\ttext", "1\ta", "1\tb");
        Message(EvaluationTask.Retrieval("x", "corpus.tsv", "queries.tsv")).ShouldStartWith($"{Path.Combine(_folder.Path, "corpus.tsv")}, line 3: the id '1' occurs twice");
    }

    [Fact]
    public void Evaluators_have_one_exception_for_too_little_data()
    {
        Should.Throw<EvaluationDataException>(() => new EmbeddingSimilarityEvaluator(["a"], ["b"], [1]));
        Should.Throw<EvaluationDataException>(() => new BinaryClassificationEvaluator(["a"], ["b"], [true]));
        Should.Throw<EvaluationDataException>(() => new TripletEvaluator([], [], []));
        Should.Throw<EvaluationDataException>(() => new TranslationEvaluator(["a"], ["b"]));
        Should.Throw<EvaluationDataException>(() => new LabeledTexts([], []));
        Should.Throw<EvaluationDataException>(() => new RerankingEvaluator([new RerankingSample("q", ["a"], [])]));
        Should.Throw<EvaluationDataException>(() => new ParaphraseMiningEvaluator(["a"], []));
        Should.Throw<EvaluationDataException>(() => new InformationRetrievalEvaluator(new Dictionary<string, string>(), new Dictionary<string, string>(), new Dictionary<string, IReadOnlySet<string>>()));
    }

    [SharedFact]
    public void Every_file_of_the_suite_is_where_it_says()
    {
        foreach (var file in EvaluationSuite.Tasks.SelectMany(task => task.Files))
        {
            File.Exists(Fixtures.InShared(Path.Combine("data", file))).ShouldBeTrue(file);
        }
    }

    private string Message(EvaluationTask task) => Should.Throw<Exception>(() => task.Evaluate(Model, _folder.Path)).Message;

    private void Write(string name, params string[] lines) => File.WriteAllLines(Path.Combine(_folder.Path, name), lines);
}
