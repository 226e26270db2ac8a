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
        Message(EvaluationTask.Transfer("t", "all.tsv", from: 40)).ShouldContain("all.tsv: it has 40 rows; a test that begins at row 40 leaves nothing");
        Write("pairs.tsv", "label	sentence1	sentence2", "1	a	b", "1	cat	cat", "0	cat	moon");
        Write("tail.tsv", "label	sentence1	sentence2", "1	cat	cat", "0	cat	moon");
        EvaluationTask.Pairs("p", "pairs.tsv", from: 1).Evaluate(Model, _folder.Path).Metrics.ShouldBe(EvaluationTask.Pairs("p", "tail.tsv").Evaluate(Model, _folder.Path).Metrics);
        Message(EvaluationTask.Pairs("p", "pairs.tsv", from: 3)).ShouldContain("there are no rows from row 3 on");
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
    public void Retrieval_takes_titles_judgements_and_BM25()
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
        Message(EvaluationTask.Sts("x", "odd.tsv")).ShouldBe($"{Path.Combine(_folder.Path, "odd.tsv")}, line 1: none of the columns left, right has a usual name for the texts; say which to take.");
        Message(EvaluationTask.Sts("x", "none.tsv")).ShouldContain("there is no such file");
        Write("head.tsv", "score\tsentence1\tsentence2");
        Message(EvaluationTask.Sts("x", "head.tsv")).ShouldContain("there are no rows");
        Write("train.tsv", "label\ttext", "red\ta", "blue\tb");
        Write("test.tsv", "label\ttext", "green\tc");
        Message(EvaluationTask.Centroid("x", "train.tsv", "test.tsv")).ShouldContain("there is no label 'green'; the 2 labels are red, blue");
        Write("twice.tsv", "doc_id\ttext", "1\ta", "1\tb");
        Message(EvaluationTask.Retrieval("x", "twice.tsv", "twice.tsv")).ShouldContain("the id '1' comes twice");
        Message(EvaluationTask.Sts("x", "odd.tsv", new EvaluationColumns { Texts = ["left"] })).ShouldContain("needs 2 columns of text; 1 are named");
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
        var results = task.Compare(Enum.GetValues<RetrievalMethod>(), Model, (retriever, texts) => new RetrieveAndRerank(retriever, texts, reranker), _folder.Path);
        var alone = task.Evaluate(Model, _folder.Path);
        results[RetrievalMethod.Model].ShouldBe(alone.Metrics);
        results[RetrievalMethod.Bm25].ShouldBe(alone.Baseline!);
        string[] corpus = ["wings in a slipstream", "heat of metal plates", "nothing"];
        var search = new RetrieveAndRerank(new HybridSearch(Model, corpus), corpus, reranker);
        var expected = new[] { ("slipstream", 0), ("heat", 1) }.Average(query => 1.0 / (1 + Array.FindIndex(search.Search(query.Item1), hit => hit.Index == query.Item2)));
        results[RetrievalMethod.Rerank]["mrr@10"].ShouldBe(expected, 1e-12);
        results[RetrievalMethod.Hybrid].Keys.ShouldBe(alone.Metrics.Keys);
        Should.Throw<ArgumentException>(() => task.Compare([RetrievalMethod.Rerank], Model, null, _folder.Path)).Message.ShouldContain("reranks");
        Write("pairs.tsv", "label\tsentence1\tsentence2", "1\ta\tb");
        Should.Throw<InvalidOperationException>(() => EvaluationTask.Pairs("p", "pairs.tsv").Compare([RetrievalMethod.Model], Model, null, _folder.Path)).Message.ShouldContain("pairs");
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
