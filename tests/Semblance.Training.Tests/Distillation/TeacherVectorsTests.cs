using System.Numerics.Tensors;

namespace Semblance.Training.Tests;

public class TeacherVectorsTests
{
    private static readonly string[] Texts = ["A man is eating food.", "Hi", "A woman is playing violin.", "Hallo", "A man is riding a horse.", "Hi"];

    private static Teacher Teacher => new("teacher", RecordedModel.MeanNormalize);

    [Fact]
    public void Vectors_are_those_of_the_teacher_in_half_precision_and_equal_texts_are_encoded_once()
    {
        using var folder = new TemporaryFolder();
        TeacherVectors.Compute(folder.Path, [Teacher], Texts).ShouldBe(5);
        var vectors = TeacherVectors.Load(folder.Path);
        vectors.Texts.ShouldBe(Texts.Distinct());
        vectors.Dimension.ShouldBe(Teacher.Model.Dimension);
        foreach (var text in Texts)
        {
            TensorPrimitives.Distance<float>([.. vectors.Find(text)!], Teacher.Model.Encode(text)).ShouldBeLessThan(1e-3f);
        }

        vectors.Find("unknown").ShouldBeNull();
        vectors[0].ToArray().ShouldBe(vectors.Find(Texts[0]));
    }

    [Fact]
    public void Texts_are_added_to_a_folder_and_the_projection_stays()
    {
        using var folder = new TemporaryFolder();
        var options = new TeacherVectorsOptions { Dimensions = 3 };
        TeacherVectors.Compute(folder.Path, [Teacher], Texts, options);
        var before = TeacherVectors.Load(folder.Path);
        TeacherVectors.Compute(folder.Path, [Teacher], ["More.", .. Texts, " "], options).ShouldBe(6);
        var after = TeacherVectors.Load(folder.Path);
        after.Texts.ShouldBe([.. before.Texts, "More."]);
        after.Find(Texts[2])!.ShouldBe(before.Find(Texts[2])!);
        TeacherVectors.Encode(folder.Path, [Teacher], [Texts[2]]).Row(0).ToArray().ShouldBe(after.Find(Texts[2])!, 1e-3f);
    }

    [Fact]
    public void A_projection_to_as_many_components_as_texts_keeps_the_differences_between_texts()
    {
        using var folder = new TemporaryFolder();
        TeacherVectors.Compute(folder.Path, [Teacher], Texts, new() { Dimensions = 5 });
        var vectors = TeacherVectors.Load(folder.Path);
        vectors.Dimension.ShouldBe(5);
        TensorPrimitives.Norm<float>([.. vectors.Find("Hi")!]).ShouldBe(1, 1e-5f);
        float[] whole = [.. Texts[..5].Select(text => Teacher.Model.Similarity(Teacher.Model.Encode([text]), Teacher.Model.Encode(["Hi"])).Values[0])];
        float[] projected = [.. Texts[..5].Select(text => TensorPrimitives.Dot<float>([.. vectors.Find(text)!], [.. vectors.Find("Hi")!]))];
        whole.Select((value, i) => (value, i)).OrderBy(pair => pair.value).Last().i.ShouldBe(projected.Select((value, i) => (value, i)).OrderBy(pair => pair.value).Last().i);
    }

    [Fact]
    public void A_dot_product_is_the_weighted_mean_of_the_teachers_similarities()
    {
        using var folder = new TemporaryFolder();
        var other = Teacher with { Name = "other", Prompt = "A man is ", Weight = 3 };
        TeacherVectors.Compute(folder.Path, [Teacher, other], Texts);
        var vectors = TeacherVectors.Load(folder.Path);
        vectors.Dimension.ShouldBe(2 * Teacher.Model.Dimension);
        float Similarity(string prefix) =>
            TensorPrimitives.CosineSimilarity<float>(Teacher.Model.Encode(prefix + "Hi"), Teacher.Model.Encode(prefix + "Hallo"));
        TensorPrimitives.Dot<float>([.. vectors.Find("Hi")!], [.. vectors.Find("Hallo")!])
            .ShouldBe((Similarity("") + (3 * Similarity("A man is "))) / 4, 1e-3f);
    }

    [Fact]
    public void Queries_are_encoded_with_the_teachers_prompt_for_queries()
    {
        using var folder = new TemporaryFolder();
        var searching = Teacher with { QueryPrompt = "A man is " };
        TeacherText[] texts = [new("Hallo"), new("Hi", IsQuery: true), new("Hi"), new("A horse.", IsQuery: true)];
        TeacherVectors.Compute(folder.Path, [searching], texts).ShouldBe(3);
        var vectors = TeacherVectors.Load(folder.Path);
        void ShouldBe(string text, string encoded) =>
            TensorPrimitives.Distance<float>([.. vectors.Find(text)!], Teacher.Model.Encode(encoded)).ShouldBeLessThan(1e-3f);
        ShouldBe("Hallo", "Hallo");
        ShouldBe("Hi", "A man is Hi");
        ShouldBe("A horse.", "A man is A horse.");
        TeacherVectors.Compute(folder.Path, [searching], [new TeacherText("More.", IsQuery: true)]).ShouldBe(4);
    }

    [Fact]
    public void A_folder_of_queries_is_not_continued_with_another_prompt()
    {
        using var folder = new TemporaryFolder();
        TeacherText[] texts = [new("Hi", IsQuery: true)];
        TeacherVectors.Compute(folder.Path, [Teacher with { QueryPrompt = "A man is " }], texts);
        Should.Throw<DatasetException>(() => TeacherVectors.Compute(folder.Path, [Teacher], texts)).Message.ShouldContain("another prompt");
    }

    [Fact]
    public void Two_runs_do_not_write_to_one_folder_at_the_same_time()
    {
        using var folder = new TemporaryFolder();
        string? message = null;
        var second = new During(() => message ??= Should.Throw<IOException>(() => TeacherVectors.Compute(folder.Path, [Teacher], Texts)).Message);
        TeacherVectors.Compute(folder.Path, [Teacher], Texts, null, second).ShouldBe(5);
        message.ShouldNotBeNull().ShouldContain("probably because another run computes vectors for it");
        TeacherVectors.Compute(folder.Path, [Teacher], Texts).ShouldBe(5);
    }

    private sealed class During(Action action) : IProgress<double>
    {
        public void Report(double value) => action();
    }

    [Fact]
    public void A_part_whose_vectors_are_missing_is_computed_again()
    {
        using var folder = new TemporaryFolder();
        TeacherVectors.Compute(folder.Path, [Teacher], Texts);
        File.Delete(Path.Combine(folder.Path, "00000.safetensors"));
        TeacherVectors.Compute(folder.Path, [Teacher], Texts).ShouldBe(5);
        TeacherVectors.Load(folder.Path).Texts.ShouldBe(Texts.Distinct());
    }

    [Fact]
    public void Another_teacher_another_prompt_an_incomplete_folder_and_too_few_texts_are_refused()
    {
        using var folder = new TemporaryFolder();
        Should.Throw<DatasetException>(() => TeacherVectors.Load(folder.Path)).Message.ShouldContain("projection.safetensors");
        Should.Throw<ArgumentException>(() => TeacherVectors.Compute(folder.Path, [Teacher], Texts, new() { Dimensions = 6 })).Message.ShouldContain("There are 5 texts");
        TeacherVectors.Compute(folder.Path, [Teacher], Texts);
        Should.Throw<DatasetException>(() => TeacherVectors.Compute(folder.Path, [Teacher with { Prompt = "query: " }], Texts)).Message.ShouldContain("another prompt");
        Should.Throw<DatasetException>(() => TeacherVectors.Compute(folder.Path, [Teacher, Teacher], Texts)).Message.ShouldContain("of 1 teachers, and 2 are given");
        File.WriteAllText(Path.Combine(folder.Path, "00000.jsonl"), "{\"text\":\"only one\"}\n");
        Should.Throw<DatasetException>(() => TeacherVectors.Load(folder.Path)).Message.ShouldContain("not as many vectors");
    }
}
