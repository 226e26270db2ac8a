using Semblance.Tensors;

namespace Semblance.Transformers.Tests;

public class TransformerTests
{
    [Theory]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": 4000000000", "hidden_size")]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": -1", "hidden_size")]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": \"32\"", "hidden_size")]
    [InlineData("\"hidden_size\": 32", "\"hidden_size\": 48", "config.json wants")]
    [InlineData("\"hidden_size\": 32,", "", "hidden_size")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3", "encoder.layer.2.attention.self.query.weight")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2000000000", "num_hidden_layers")]
    [InlineData("\"num_attention_heads\": 4", "\"num_attention_heads\": 5", "num_attention_heads")]
    [InlineData("\"vocab_size\": 220", "\"vocab_size\": 999999999", "vocab_size")]
    [InlineData("\"vocab_size\": 220", "\"vocab_size\": 221", "word_embeddings")]
    [InlineData("\"hidden_act\": \"gelu\"", "\"hidden_act\": \"jelu\"", "jelu")]
    [InlineData("\"model_type\": \"bert\"", "\"model_type\": \"mamba\"", "mamba")]
    [InlineData("\"model_type\": \"bert\",", "", "model_type")]
    [InlineData("\"position_embedding_type\": \"absolute\"", "\"position_embedding_type\": \"relative_key\"", "relative_key")]
    [InlineData("{", "[", "JSON")]
    public void A_configuration_that_lies_is_named_with_its_field(string old, string replacement, string named)
    {
        using var folder = new ModelFolder("models/bert");
        folder.Edit("config.json", old, replacement);
        var fault = Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Path));
        fault.Message.ShouldContain(folder.Path);
        fault.Message.Replace("the configuration wants", "config.json wants", StringComparison.Ordinal).ShouldContain(named);
    }

    [Fact]
    public void A_missing_configuration_is_named()
    {
        using var folder = new ModelFolder("models/bert");
        folder.Delete("config.json");
        Should.Throw<FileNotFoundException>(() => Transformer.Load(folder.Path)).Message.ShouldContain("config.json");
    }

    [Fact]
    public void Missing_weights_are_reported_together()
    {
        using var folder = new ModelFolder("models/bert-sharded");
        folder.Edit("config.json", "\"intermediate_size\": 72", "\"intermediate_size\": 73");
        var message = Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Path)).Message;
        message.ShouldContain("[72, 32]");
        message.ShouldContain("'encoder.layer.1.output.dense.weight'");
    }

    [Fact]
    public void Weights_of_another_architecture_are_named_one_by_one_with_what_was_not_asked_for()
    {
        using var folder = new ModelFolder("models/bert");
        folder.Edit("config.json", "\"model_type\": \"bert\"", "\"model_type\": \"albert\"");
        var message = Should.Throw<ModelFormatException>(() => Transformer.Load(folder.Path)).Message;
        message.ShouldContain("'encoder.embedding_hidden_mapping_in.weight' is missing");
        var unexpected = message[message.IndexOf("Unused", StringComparison.Ordinal)..];
        var stored = Checkpoints.Checkpoint.Open(folder.Path).Tensors.Select(tensor => tensor.Name).ToArray();
        stored.Where(name => !name.StartsWith("embeddings.", StringComparison.Ordinal)).ShouldAllBe(name => unexpected.Contains($"'{name}'"));
        unexpected.ShouldNotContain("embeddings.LayerNorm");
    }

    [Fact]
    public void Positions_are_counted_from_the_padding_id_and_padding_is_not_counted()
    {
        var model = Transformer.Load(Fixtures.Own("models/roberta"));
        float[][] Embedded(params int[] ids)
        {
            using var run = new Computation();
            var states = new List<Tensor>();
            model.Forward(run, PackedBatch.From([ids]), states);
            return [.. Enumerable.Range(0, ids.Length).Select(i => states[0].Row(i).ToArray())];
        }

        var (with, without) = (Embedded(0, 5, 1, 6), Embedded(0, 5, 6));
        new[] { with[0], with[1], with[3] }.ShouldBe(without);
        with[2].ShouldBe(Embedded(1)[0]);
        model.MaxPositions.ShouldBe(64);
        Should.Throw<ArgumentException>(() => Embedded([.. Enumerable.Repeat(5, 65)])).Message.ShouldContain("position 66");
    }

    [Fact]
    public void A_sequence_longer_than_the_positions_is_refused()
    {
        var model = Transformer.Load(Fixtures.Own("models/bert"));
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => model.Forward(run, PackedBatch.From([new int[65]]))).Message.ShouldContain("position 64");
    }

    [Fact]
    public void Parameters_carry_the_names_and_shapes_of_the_file()
    {
        var folder = Fixtures.Own("models/bert");
        var model = Transformer.Load(folder);
        var stored = Checkpoints.Checkpoint.Open(folder).Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape.ToArray());
        model.Parameters().Select(parameter => parameter.Name).ShouldBe(stored.Keys, ignoreOrder: true);
        foreach (var (name, tensor) in model.Parameters())
        {
            tensor.Shape.ToArray().ShouldBe(stored[name], name);
        }
    }
}
