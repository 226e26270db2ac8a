using Semblance.Tensors;

namespace Semblance.Checkpoints.Tests;

public sealed class OnnxFileTests
{
    private const string Layer = "encoder.layer.0.";

    // [2 outputs × 3 inputs]
    private static Tensor Weight => Tensor.From([1, 2, 3, 4, 5, 6], 2, 3);

    [Fact]
    public void The_weight_of_a_product_has_the_name_of_the_bias_that_is_added() => Check(
        writer =>
        {
            writer.AddConstant("onnx::MatMul_7", Weight, transposed: true);
            writer.AddConstant(Layer + "output.dense.bias", Tensor.From([0.5f, 1], 2));
            writer.AddNode("MatMul", "m", ["x", "onnx::MatMul_7"], ["p"]);
            writer.AddNode("Add", "a", [Layer + "output.dense.bias", "p"], ["y"]);
        },
        (Layer + "output.dense.weight", Weight));

    [Fact]
    public void The_weight_of_a_product_without_a_bias_has_the_path_of_the_operation() => Check(
        writer =>
        {
            writer.AddConstant("onnx::MatMul_7", Weight, transposed: true);
            writer.AddNode("MatMul", "/encoder/layer.0/mlp/fc2/MatMul", ["x", "onnx::MatMul_7"], ["p"]);
        },
        (Layer + "mlp.fc2.weight", Weight));

    [Fact]
    public void A_weight_that_kept_its_name_is_not_transposed() => Check(
        writer =>
        {
            writer.AddConstant("pooler.dense.weight", Weight);
            writer.AddNode("Gemm", "g", ["x", "pooler.dense.weight"], ["p"], OnnxAttribute.Of("transB", 1L));
        },
        ("pooler.dense.weight", Weight));

    [Fact]
    public void Fused_attention_is_divided_into_queries_keys_and_values() => Check(
        writer =>
        {
            // [inputs 2 × 3 · 1 outputs]: queries 1 and 2, keys 3 and 4, values 5 and 6.
            writer.AddConstant("qkv", Tensor.From([1, 3, 5, 2, 4, 6], 2, 3));
            writer.AddConstant("qkv_bias", Tensor.From([7, 8, 9], 3));
            writer.AddConstant("onnx::MatMul_1", Weight, transposed: true);
            writer.AddConstant(Layer + "attention.output.dense.bias", Tensor.From([0, 0], 2));
            writer.AddNode("com.microsoft::Attention", "Attention_0", ["x", "qkv", "qkv_bias"], ["c"], OnnxAttribute.Of("num_heads", 4L));
            writer.AddNode("MatMul", "m", ["c", "onnx::MatMul_1"], ["p"]);
            writer.AddNode(
                "com.microsoft::SkipLayerNormalization", "s", ["p", "x", "g", "b", Layer + "attention.output.dense.bias"], ["y"]);
        },
        (Layer + "attention.self.query.weight", Tensor.From([1, 2], 1, 2)),
        (Layer + "attention.self.value.weight", Tensor.From([5, 6], 1, 2)),
        (Layer + "attention.self.key.bias", Tensor.From([8f], 1)),
        (Layer + "attention.output.dense.weight", Weight));

    [Fact]
    public void A_dynamically_quantized_weight_is_scaled() => Check(
        writer =>
        {
            writer.AddConstant("onnx::MatMul_7_quantized", new sbyte[] { 2, 8, 4, 10, 6, 12 }, 3, 2);
            writer.AddConstant("onnx::MatMul_7_scale", Tensor.From([0.5f], []));
            writer.AddConstant("onnx::MatMul_7_zero_point", new sbyte[] { 0 });
            writer.AddConstant("classifier.bias", Tensor.From([0, 0], 2));
            writer.AddNode("MatMulInteger", "i", ["xq", "onnx::MatMul_7_quantized", "xz", "onnx::MatMul_7_zero_point"], ["n"]);
            writer.AddNode("Cast", "c", ["n"], ["f"]);
            writer.AddNode("Mul", "u", ["f", "s"], ["p"]);
            writer.AddNode("Add", "a", ["p", "classifier.bias"], ["y"]);
        },
        ("classifier.weight", Weight));

    [Fact]
    public void Weights_of_more_than_a_message_are_in_a_file_of_external_data()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        var writer = new OnnxWriter("tests") { MostInFile = 10 };
        writer.AddConstant("a.weight", Weight);
        writer.AddConstant("b.weight", Tensor.From([7f], 1));
        writer.Save(path);

        new FileInfo(path + ".data").Length.ShouldBe(68); // the second one is aligned
        var file = OnnxFile.Open(path);
        file.Read("a.weight").Values.ToArray().ShouldBe([1f, 2, 3, 4, 5, 6]);
        file.Read("b.weight").Values.ToArray().ShouldBe([7f]);
    }

    [Fact]
    public void An_operator_that_keeps_weights_in_another_form_is_named()
    {
        using var folder = new TemporaryFolder();
        var writer = new OnnxWriter("tests");
        writer.AddNode("com.microsoft::MatMulNBits", "n", ["x", "w", "s"], ["y"]);
        writer.Save(Path.Combine(folder.Path, "model.onnx"));

        var error = Should.Throw<CheckpointFormatException>(() => OnnxFile.Open(Path.Combine(folder.Path, "model.onnx")));

        error.Message.ShouldContain("MatMulNBits");
    }

    [Fact]
    public void A_file_of_another_kind_is_an_error()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        File.WriteAllText(path, "this is a text, and not a graph");

        Should.Throw<CheckpointFormatException>(() => OnnxFile.Open(path)).Message.ShouldContain("not an ONNX model");
    }

    private static void Check(Action<OnnxWriter> write, params (string Name, Tensor Expected)[] parameters)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "model.onnx");
        var writer = new OnnxWriter("tests");
        write(writer);
        writer.Save(path);
        var file = OnnxFile.Open(path);
        foreach (var (name, expected) in parameters)
        {
            file.Shape(name).ShouldBe(expected.Shape.ToArray());
            file.Read(name).Values.ToArray().ShouldBe(expected.Values.ToArray());
        }
    }
}
