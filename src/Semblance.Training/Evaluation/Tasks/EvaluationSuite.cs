namespace Semblance.Training;

/// <summary>
/// Provides a suite of tasks for comparing models: similarity, transfer, paraphrases, intents and retrieval, in English, in Chinese and
/// across
/// languages. Files are relative to a folder of data.
/// </summary>
public static class EvaluationSuite
{
    private static readonly string[] QuestionAnswering = ["accuracy@1", "mrr@10"];

    /// <summary>
    /// Gets the tasks, in the order of the table. TREC and AFQMC, of which only the training sets are included, are tested on the last
    /// fifth; MR and SUBJ are
    /// cross-validated.
    /// </summary>
    public static IReadOnlyList<EvaluationTask> Tasks { get; } =
    [
        EvaluationTask.Sts("STS-B dev", "sts/stsb/dev.tsv.gz"),
        EvaluationTask.Sts("SICK-R test", "sts/sick-r/test.tsv.gz"),
        EvaluationTask.Sts("STS12", "sts/sts12/pairs.tsv.gz"),
        EvaluationTask.Sts("STS13", "sts/sts13/pairs.tsv"),
        EvaluationTask.Sts("STS15", "sts/sts15/pairs.tsv.gz"),
        EvaluationTask.Transfer("MR", "classification/mr/all.tsv.gz"),
        EvaluationTask.Transfer("SUBJ", "classification/subj/all.tsv.gz"),
        EvaluationTask.Transfer("SST-2", "classification/sst2/train.tsv.gz", "classification/sst2/dev.tsv"),
        EvaluationTask.Transfer("TREC", "classification/trec/train.tsv.gz", from: 4353),
        EvaluationTask.Pairs("Quora dev", "paraphrase/quora/dev.tsv.gz"),
        EvaluationTask.Pairs("MRPC dev", "paraphrase/mrpc/dev.tsv"),
        EvaluationTask.Centroid("Banking77", "intent/banking77/train.tsv.gz", "intent/banking77/dev.tsv"),
        EvaluationTask.Centroid("CLINC150", "intent/clinc150/train.tsv.gz", "intent/clinc150/val.tsv"),
        EvaluationTask.Retrieval(
            "Cranfield", "retrieval/cranfield/corpus.tsv.gz", "retrieval/cranfield/queries.tsv", "retrieval/cranfield/qrels.tsv",
            bm25: true),
        EvaluationTask.Retrieval(
            "CISI", "retrieval/cisi/corpus.tsv.gz", "retrieval/cisi/queries.tsv", "retrieval/cisi/qrels.tsv", bm25: true),
        EvaluationTask.Retrieval(
            "XQuAD en", "retrieval/xquad/en.corpus.tsv", "retrieval/xquad/en.queries.tsv", bm25: true, headline: QuestionAnswering),
        EvaluationTask.Retrieval("PubMedQA", "retrieval/pubmedqa/corpus.tsv.gz", "retrieval/pubmedqa/queries.tsv", bm25: true),
        EvaluationTask.Answers("TREC-QA dev", "retrieval/trec-qa/dev.tsv.gz", bm25: true),
        EvaluationTask.Sts("STS-B-zh dev", "chinese-pairs/stsb-zh/dev.tsv", overlap: true),
        EvaluationTask.Pairs("LCQMC dev", "chinese-pairs/lcqmc/dev.tsv.gz", overlap: true),
        EvaluationTask.Pairs("AFQMC", "chinese-pairs/afqmc/train.tsv.gz", overlap: true, from: 27467),
        EvaluationTask.Retrieval(
            "XQuAD zh", "retrieval/xquad/zh.corpus.tsv", "retrieval/xquad/zh.queries.tsv", bm25: true, headline: QuestionAnswering),
        EvaluationTask.Retrieval(
            "XQuAD zh-en", "retrieval/xquad/en.corpus.tsv", "retrieval/xquad/zh.queries.tsv", headline: QuestionAnswering),
        EvaluationTask.Bitext("Tatoeba en-zh", "bitext/tatoeba-eval/en-zh.tsv"),
    ];
}
